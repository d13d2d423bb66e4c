use actix_web::web;
use auth::AdminAccounts;
use kernel::AdminId;

use crate::http::{Answer, Context, NoBody, PathId, Problem, Require, access::admin};

/// Reset a member of staff's password
///
/// The password stops working at once, all sessions end, and a link to set a new one is sent to them; it is good for an
/// hour.
#[utoipa::path(
    post, path = "/admin/users/{id}/reset-password", operation_id = "resetPasswordOfAdmin", tag = "Admins",
    params(("id" = uuid::Uuid, Path, description = "The member of staff")),
    responses((status = 200, description = "The link is on its way", body = crate::http::MessageSchema))
)]
pub async fn handle(
    _: Require<admin::AdminsWrite>,
    context: Context,
    id: PathId<AdminId>,
    _: NoBody,
    admins: web::Data<AdminAccounts>,
) -> Result<Answer, Problem> {
    admins.reset_password(&context, id.0).await?;
    Ok(Answer::message("The password no longer works; a link to set a new one is on its way."))
}
