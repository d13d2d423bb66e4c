use actix_web::web;
use auth::{OwnSession, Sessions};

use super::{SessionList, SessionSort, SignInAudience};
use crate::http::{Answer, Listing, NoFilters, PagingParams, Problem, Require};

/// List your sessions
///
/// The active ones, the latest activity first unless sorted by `lastActivityAt` or `createdAt`.
#[utoipa::path(
    get, path = "/admin/auth/sessions", operation_id = "listOwnAdminSessions", tag = "Admin sign-in",
    params(PagingParams),
    responses((status = 200, description = "A page of sessions", body = SessionList))
)]
pub async fn handle<A: SignInAudience>(
    me: Require<A::SignedIn>,
    list: Listing<NoFilters, SessionSort>,
    sessions: web::Data<Sessions>,
) -> Result<Answer, Problem> {
    let own = OwnSession::of(&me)?;
    Answer::ok(&SessionList::new(sessions.list(own.account).await?, &list, Some(own.id)))
}
