use actix_web::web;
use kernel::{TenantId, TenantUserId};
use tenancy::service::People;

use super::dto::{UserAnswer, answer};
use crate::{
    composition::Core,
    http::{Answer, PathIds, Problem, Require, access::admin},
};

/// Get a person of a workshop
///
/// Active or not.
#[utoipa::path(
    get, path = "/admin/tenants/{id}/users/{userId}", operation_id = "getTenantUser", tag = "Tenant users",
    params(
        ("id" = uuid::Uuid, Path, description = "The workshop"),
        ("userId" = uuid::Uuid, Path, description = "The person"),
    ),
    responses((status = 200, description = "The person", body = UserAnswer))
)]
pub async fn handle(
    _: Require<admin::TenantUsersRead>,
    ids: PathIds<TenantId, TenantUserId>,
    people: web::Data<People>,
    core: web::Data<Core>,
) -> Result<Answer, Problem> {
    answer(people.get(ids.0, ids.1).await?, core.clock.now())
}
