use actix_web::web;
use auth::PermissionMarker;
use serde::Serialize;
use tenancy::{domain::TenantSummary, service::Tenants};

use super::view_dto::{PartsDto, TenantViewAnswer, view};
use crate::{
    composition::Core,
    http::{Answer, Problem, Require, TargetTenant},
    workflows::ViewWorkshop,
};

/// Get a tenant
///
/// With its first 100 people, its subscription, its connections to other services, its usage and how many tickets are
/// open; null for each of these that the caller may not read on its own route. Staff are shown a deleted
/// one too, with `deletedAt`.
#[utoipa::path(
    get, path = "/admin/tenants/{id}", operation_id = "getTenant", tag = "Tenants",
    params(("id" = uuid::Uuid, Path, description = "The tenant")),
    responses((status = 200, description = "The tenant", body = TenantViewAnswer))
)]
pub async fn handle<P: PermissionMarker, A: From<(TenantSummary, PartsDto)> + Serialize>(
    caller: Require<P>,
    tenant: TargetTenant,
    tenants: web::Data<Tenants>,
    workshops: web::Data<ViewWorkshop>,
    core: web::Data<Core>,
) -> Result<Answer, Problem> {
    let found = tenants.get(tenant.id).await?;
    let parts = workshops.parts(&caller, tenant.id).await?;
    view::<A>(found, parts, core.clock.now())
}
