use actix_web::web;
use auth::PermissionMarker;
use kernel::TenantUserId;
use tenancy::service::People;

use super::dto::{RemovedUserAnswer, UserDto};
use crate::{
    composition::Core,
    http::{Answer, Context, LastId, Problem, Require, TargetTenant},
};

/// Remove a user from a tenant
///
/// For good; they are signed out within a second. The last active OWNER stays. A tenant's own people may remove themselves.
#[utoipa::path(
    delete, path = "/admin/tenants/{id}/users/{userId}", operation_id = "removeTenantUser", tag = "Tenant users",
    params(
        ("id" = uuid::Uuid, Path, description = "The tenant"),
        ("userId" = uuid::Uuid, Path, description = "The person"),
    ),
    responses((status = 200, description = "The person who was removed", body = RemovedUserAnswer))
)]
pub async fn handle<P: PermissionMarker>(
    _: Require<P>,
    context: Context,
    tenant: TargetTenant,
    id: LastId<TenantUserId>,
    people: web::Data<People>,
    core: web::Data<Core>,
) -> Result<Answer, Problem> {
    let person = people.remove(&context, tenant.id, id.0).await?;
    let user = UserDto::new(person, core.clock.now());
    Answer::ok(&RemovedUserAnswer { message: "The person was removed.", user })
}
