use actix_web::web;
use auth::{AccountId, AdminAccounts, OwnSession, Sessions};
use kernel::AdminId;

use crate::{
    http::{Answer, Listing, NoFilters, PagingParams, PathId, Problem, Require, access::admin},
    routes::sign_in::{SessionList, SessionSort},
};

/// List the sessions of a member of staff
///
/// The active ones, the latest activity first unless sorted by `lastActivityAt` or `createdAt`.
#[utoipa::path(
    get, path = "/admin/users/{id}/sessions", operation_id = "listSessionsOfAdmin", tag = "Admins",
    params(("id" = uuid::Uuid, Path, description = "The member of staff"), PagingParams),
    responses((status = 200, description = "A page of sessions", body = SessionList))
)]
pub async fn handle(
    me: Require<admin::AdminsRead>,
    id: PathId<AdminId>,
    list: Listing<NoFilters, SessionSort>,
    admins: web::Data<AdminAccounts>,
    sessions: web::Data<Sessions>,
) -> Result<Answer, Problem> {
    let account = admins.get(id.0).await?;
    let all = sessions.list(AccountId::Admin(account.id)).await?;
    Answer::ok(&SessionList::new(all, &list, OwnSession::of(&me).ok().map(|own| own.id)))
}
