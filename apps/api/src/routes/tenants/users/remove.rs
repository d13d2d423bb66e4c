use actix_web::web;
use kernel::{TenantId, TenantUserId};
use tenancy::service::People;

use super::dto::{RemovedUserAnswer, UserDto};
use crate::{
    composition::Core,
    http::{Answer, Context, PathIds, Problem, Require, access::admin},
};

/// Remove a person from a workshop
///
/// For good; they are signed out within a second. The last active OWNER stays.
#[utoipa::path(
    delete, path = "/admin/tenants/{id}/users/{userId}", operation_id = "removeTenantUser", tag = "Tenant users",
    params(
        ("id" = uuid::Uuid, Path, description = "The workshop"),
        ("userId" = uuid::Uuid, Path, description = "The person"),
    ),
    responses((status = 200, description = "The person who was removed", body = RemovedUserAnswer))
)]
pub async fn handle(
    _: Require<admin::TenantUsersWrite>,
    context: Context,
    ids: PathIds<TenantId, TenantUserId>,
    people: web::Data<People>,
    core: web::Data<Core>,
) -> Result<Answer, Problem> {
    let person = people.remove(&context, ids.0, ids.1).await?;
    let user = UserDto::new(person, core.clock.now());
    Answer::ok(&RemovedUserAnswer { message: "The person was removed.", user })
}
