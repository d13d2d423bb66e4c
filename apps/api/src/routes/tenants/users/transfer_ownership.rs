use actix_web::web;
use auth::PermissionMarker;
use kernel::TenantUserId;
use tenancy::service::People;

use super::dto::{UserAnswer, answer};
use crate::{
    composition::Core,
    http::{Answer, Context, LastId, NoBody, Problem, Require, TargetTenant},
};

/// Transfer a tenant's ownership
///
/// Every other owner becomes ADMIN. Of a tenant's own people only an owner may. 409 ILLEGAL_TRANSITION for somebody who is inactive or has not accepted their invitation.
#[utoipa::path(
    post, path = "/admin/tenants/{id}/users/{userId}/transfer-ownership", operation_id = "transferTenantOwnership",
    tag = "Tenant users",
    params(
        ("id" = uuid::Uuid, Path, description = "The tenant"),
        ("userId" = uuid::Uuid, Path, description = "The new owner"),
    ),
    responses((status = 200, description = "The new owner", body = UserAnswer))
)]
pub async fn handle<P: PermissionMarker>(
    _: Require<P>,
    context: Context,
    tenant: TargetTenant,
    id: LastId<TenantUserId>,
    _: NoBody,
    people: web::Data<People>,
    core: web::Data<Core>,
) -> Result<Answer, Problem> {
    answer(people.transfer_ownership(&context, tenant.id, id.0).await?, core.clock.now())
}
