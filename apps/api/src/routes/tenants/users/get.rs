use actix_web::web;
use auth::PermissionMarker;
use kernel::TenantUserId;
use tenancy::service::People;

use super::dto::{UserAnswer, answer};
use crate::{
    composition::Core,
    http::{Answer, LastId, Problem, Require, TargetTenant},
};

/// Get a tenant's user
///
/// Active or not.
#[utoipa::path(
    get, path = "/admin/tenants/{id}/users/{userId}", operation_id = "getTenantUser", tag = "Tenant users",
    params(
        ("id" = uuid::Uuid, Path, description = "The tenant"),
        ("userId" = uuid::Uuid, Path, description = "The person"),
    ),
    responses((status = 200, description = "The person", body = UserAnswer))
)]
pub async fn handle<P: PermissionMarker>(
    _: Require<P>,
    tenant: TargetTenant,
    id: LastId<TenantUserId>,
    people: web::Data<People>,
    core: web::Data<Core>,
) -> Result<Answer, Problem> {
    answer(people.get(tenant.id, id.0).await?, core.clock.now())
}
