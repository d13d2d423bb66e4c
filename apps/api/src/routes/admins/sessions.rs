use actix_web::web;
use auth::{AdminAccounts, Sessions, Subject};
use kernel::AdminId;

use crate::{
    http::{Answer, PathId, Problem, Require, access::admin},
    routes::auth_common::SessionList,
};

/// List the sessions of a member of staff
///
/// The active ones, the latest activity first.
#[utoipa::path(
    get, path = "/admin/users/{id}/sessions", operation_id = "listSessionsOfAdmin", tag = "Admins",
    params(("id" = uuid::Uuid, Path, description = "The member of staff")),
    responses((status = 200, description = "The sessions", body = SessionList))
)]
pub async fn handle(
    me: Require<admin::AdminsRead>,
    id: PathId<AdminId>,
    admins: web::Data<AdminAccounts>,
    sessions: web::Data<Sessions>,
) -> Result<Answer, Problem> {
    let account = admins.get(id.0).await?;
    let list = sessions.list(Subject::Admin(account.id)).await?;
    Answer::ok(&SessionList::new(list, me.session_id))
}
