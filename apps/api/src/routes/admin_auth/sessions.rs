use actix_web::web;
use auth::Sessions;

use crate::{
    http::{Answer, Problem, Require, access::admin},
    routes::auth_common::SessionList,
};

/// List one's own sessions
///
/// The active ones, the latest activity first.
#[utoipa::path(
    get, path = "/admin/auth/sessions", operation_id = "listOwnAdminSessions", tag = "Admin sign-in",
    responses((status = 200, description = "The sessions", body = SessionList))
)]
pub async fn handle(me: Require<admin::SignedIn>, sessions: web::Data<Sessions>) -> Result<Answer, Problem> {
    let list = sessions.list(me.subject()).await?;
    Answer::ok(&SessionList::new(list, me.session_id))
}
