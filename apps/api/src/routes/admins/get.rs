use actix_web::web;
use auth::AdminAccounts;
use kernel::AdminId;

use super::dto::{AdminAnswer, answer};
use crate::http::{Answer, PathId, Problem, Require, access::admin};

/// Get a member of staff
///
/// Active or not.
#[utoipa::path(
    get, path = "/admin/users/{id}", operation_id = "getAdmin", tag = "Admins",
    params(("id" = uuid::Uuid, Path, description = "The member of staff")),
    responses((status = 200, description = "The member of staff", body = AdminAnswer))
)]
pub async fn handle(
    _: Require<admin::AdminsRead>,
    id: PathId<AdminId>,
    admins: web::Data<AdminAccounts>,
) -> Result<Answer, Problem> {
    answer(admins.get(id.0).await?)
}
