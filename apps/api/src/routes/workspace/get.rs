use actix_web::web;
use tenancy::service::Tenants;

use super::dto::{OwnTenantViewAnswer, view};
use crate::{
    composition::Core,
    http::{Answer, Problem, Require, TenantScope, access::tenant},
    workflows::ViewWorkshop,
};

/// Get one's own workshop
///
/// With its first 100 people, its subscription, its connections to other services, its usage and how many tickets are
/// open; null for each of these that the caller may not read on its own route.
#[utoipa::path(
    get, path = "/tenant", operation_id = "getOwnTenant", tag = "Workspace",
    responses((status = 200, description = "The workshop", body = OwnTenantViewAnswer))
)]
pub async fn handle(
    caller: Require<tenant::WorkspaceRead>,
    scope: TenantScope,
    tenants: web::Data<Tenants>,
    workshops: web::Data<ViewWorkshop>,
    core: web::Data<Core>,
) -> Result<Answer, Problem> {
    let found = tenants.get(scope.0).await?;
    let parts = workshops.surroundings(scope.0, caller.role.into()).await?;
    view(found, parts, core.clock.now())
}
