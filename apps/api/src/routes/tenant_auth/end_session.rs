use actix_web::web;
use auth::Sessions;
use kernel::SessionId;

use crate::http::{Answer, Context, PathId, Problem, Require, access::tenant};

/// End one of one's own sessions
///
/// Its access tokens die within a second, on every node.
#[utoipa::path(
    delete, path = "/tenant/auth/sessions/{id}", operation_id = "endOwnTenantUserSession", tag = "Tenant sign-in",
    params(("id" = uuid::Uuid, Path, description = "The session")),
    responses((status = 200, description = "It has ended", body = crate::http::MessageSchema))
)]
pub async fn handle(
    me: Require<tenant::SignedIn>,
    context: Context,
    id: PathId<SessionId>,
    sessions: web::Data<Sessions>,
) -> Result<Answer, Problem> {
    sessions.revoke(&context, me.subject(), id.0).await?;
    Ok(Answer::message("The session has ended."))
}
