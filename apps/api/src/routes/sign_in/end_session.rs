use actix_web::web;
use auth::{OwnSession, Sessions};
use kernel::SessionId;

use super::SignInAudience;
use crate::http::{Answer, Context, PathId, Problem, Require};

/// End one of your sessions
///
/// Its access tokens die within a second, on every node.
#[utoipa::path(
    delete, path = "/admin/auth/sessions/{id}", operation_id = "endOwnAdminSession", tag = "Admin sign-in",
    params(("id" = uuid::Uuid, Path, description = "The session")),
    responses((status = 200, description = "It has ended", body = crate::http::MessageSchema))
)]
pub async fn handle<A: SignInAudience>(
    me: Require<A::SignedIn>,
    context: Context,
    id: PathId<SessionId>,
    sessions: web::Data<Sessions>,
) -> Result<Answer, Problem> {
    sessions.revoke(&context, OwnSession::of(&me)?.account, id.0).await?;
    Ok(Answer::message("The session has ended."))
}
