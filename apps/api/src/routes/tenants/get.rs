use actix_web::web;
use kernel::TenantId;
use tenancy::service::Tenants;

use super::view_dto::{TenantViewAnswer, view};
use crate::{
    composition::Core,
    http::{Answer, PathId, Problem, Require, access::admin},
    workflows::ViewWorkshop,
};

/// Get a workshop
///
/// With its first 100 people, its subscription, its connections to other services, its usage and how many tickets are
/// open; null for each of these that the caller may not read on its own route. A deleted one is shown too, with `deletedAt`.
#[utoipa::path(
    get, path = "/admin/tenants/{id}", operation_id = "getTenant", tag = "Tenants",
    params(("id" = uuid::Uuid, Path, description = "The workshop")),
    responses((status = 200, description = "The workshop", body = TenantViewAnswer))
)]
pub async fn handle(
    caller: Require<admin::TenantsRead>,
    id: PathId<TenantId>,
    tenants: web::Data<Tenants>,
    workshops: web::Data<ViewWorkshop>,
    core: web::Data<Core>,
) -> Result<Answer, Problem> {
    let found = tenants.get(id.0).await?;
    let parts = workshops.surroundings(id.0, caller.role.into()).await?;
    view(found, parts, core.clock.now())
}
