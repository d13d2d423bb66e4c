use actix_web::web;
use kernel::AdminId;

use crate::{
    http::{Answer, Context, NoBody, PathId, Problem, Require, access::admin},
    workflows::ErasePerson,
};

/// Erase a member of staff
///
/// For good, and only who was deactivated: their account, sessions, mail, and their name, address and telephone wherever they are
/// kept, tickets and the audit trail included. The trail still verifies, and shows their id only.
#[utoipa::path(
    post, path = "/admin/users/{id}/erase", operation_id = "eraseAdmin", tag = "Admins",
    params(("id" = uuid::Uuid, Path, description = "The member of staff")),
    responses((status = 200, description = "They were erased", body = crate::http::MessageSchema))
)]
pub async fn handle(
    _: Require<admin::AdminsWrite>,
    context: Context,
    id: PathId<AdminId>,
    _: NoBody,
    erase: web::Data<ErasePerson>,
) -> Result<Answer, Problem> {
    erase.erase_admin(&context, id.0).await?;
    Ok(Answer::message("The person was erased."))
}
