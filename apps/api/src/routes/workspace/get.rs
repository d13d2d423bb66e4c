use actix_web::web;
use tenancy::service::Tenants;

use crate::{
    composition::Core,
    http::{Answer, Problem, Require, TenantScope, access::tenant},
    routes::tenants::dto::{TenantViewAnswer, view},
    workflows::ViewWorkshop,
};

/// Get one's own workshop
///
/// With its first 100 people, its subscription and, for whoever may read those, its connections to other services, its
/// usage and how many tickets are open.
#[utoipa::path(
    get, path = "/tenant", operation_id = "getOwnTenant", tag = "Workspace",
    responses((status = 200, description = "The workshop", body = TenantViewAnswer))
)]
pub async fn handle(
    caller: Require<tenant::WorkspaceRead>,
    scope: TenantScope,
    tenants: web::Data<Tenants>,
    workshops: web::Data<ViewWorkshop>,
    core: web::Data<Core>,
) -> Result<Answer, Problem> {
    let found = tenants.get(scope.0).await?;
    let surroundings = workshops.surroundings(scope.0, caller.role.into()).await?;
    view(found, surroundings, core.clock.now())
}
