use actix_web::web;
use kernel::AdminId;

use super::dto::{AdminAnswer, answer};
use crate::{
    http::{Answer, Context, IfMatch, NoBody, PathId, Problem, Require, access::admin},
    workflows::ChangeStaff,
};

/// Deactivate a member of staff
///
/// They are signed out everywhere within a second. Nobody deactivates themselves, and the last active super admin stays. Their
/// tickets go back to the queue, but for closed ones.
#[utoipa::path(
    post, path = "/admin/users/{id}/deactivate", operation_id = "deactivateAdmin", tag = "Admins",
    params(("id" = uuid::Uuid, Path, description = "The member of staff")),
    responses((status = 200, description = "The member of staff, now inactive", body = AdminAnswer))
)]
pub async fn handle(
    _: Require<admin::AdminsWrite>,
    context: Context,
    id: PathId<AdminId>,
    if_match: IfMatch,
    _: NoBody,
    staff: web::Data<ChangeStaff>,
) -> Result<Answer, Problem> {
    answer(staff.deactivate(&context, id.0, &if_match).await?)
}
