use actix_web::web;
use auth::AdminAccounts;
use kernel::AdminId;

use super::dto::{AdminAnswer, answer};
use crate::http::{Answer, Context, IfMatch, NoBody, PathId, Problem, Require, access::admin};

/// Reactivate a member of staff
///
/// They sign in with the password they had.
#[utoipa::path(
    post, path = "/admin/users/{id}/reactivate", operation_id = "reactivateAdmin", tag = "Admins",
    params(("id" = uuid::Uuid, Path, description = "The member of staff")),
    responses((status = 200, description = "The member of staff, active again", body = AdminAnswer))
)]
pub async fn handle(
    _: Require<admin::AdminsWrite>,
    context: Context,
    id: PathId<AdminId>,
    if_match: IfMatch,
    _: NoBody,
    admins: web::Data<AdminAccounts>,
) -> Result<Answer, Problem> {
    answer(admins.reactivate(&context, id.0, &if_match).await?)
}
