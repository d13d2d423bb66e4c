use actix_web::web;
use auth::{AccountId, Sessions};
use kernel::{AdminId, SessionId};

use crate::http::{Answer, Context, PathIds, Problem, Require, access::admin};

/// End a session of a member of staff
///
/// Its access tokens die within a second, on every node.
#[utoipa::path(
    delete, path = "/admin/users/{id}/sessions/{sessionId}", operation_id = "endSessionOfAdmin", tag = "Admins",
    params(
        ("id" = uuid::Uuid, Path, description = "The member of staff"),
        ("sessionId" = uuid::Uuid, Path, description = "The session"),
    ),
    responses((status = 200, description = "It has ended", body = crate::http::MessageSchema))
)]
pub async fn handle(
    _: Require<admin::AdminsWrite>,
    context: Context,
    ids: PathIds<AdminId, SessionId>,
    sessions: web::Data<Sessions>,
) -> Result<Answer, Problem> {
    sessions.revoke(&context, AccountId::Admin(ids.0), ids.1).await?;
    Ok(Answer::message("The session has ended."))
}
