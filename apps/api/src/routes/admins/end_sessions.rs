use actix_web::web;
use auth::{AccountId, AdminAccounts, Sessions};
use kernel::AdminId;

use crate::http::{Answer, Context, PathId, Problem, Require, access::admin};

/// End all sessions of a member of staff
///
/// Their access tokens die within a second, on every node.
#[utoipa::path(
    delete, path = "/admin/users/{id}/sessions", operation_id = "endSessionsOfAdmin", tag = "Admins",
    params(("id" = uuid::Uuid, Path, description = "The member of staff")),
    responses((status = 200, description = "They have ended", body = crate::http::MessageSchema))
)]
pub async fn handle(
    _: Require<admin::AdminsWrite>,
    context: Context,
    id: PathId<AdminId>,
    admins: web::Data<AdminAccounts>,
    sessions: web::Data<Sessions>,
) -> Result<Answer, Problem> {
    let account = admins.get(id.0).await?;
    sessions.revoke_all(&context, AccountId::Admin(account.id), None).await?;
    Ok(Answer::message("All sessions have ended."))
}
