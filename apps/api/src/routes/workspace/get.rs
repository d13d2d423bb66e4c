use actix_web::web;
use tenancy::service::Tenants;

use crate::{
    composition::Core,
    http::{Answer, Problem, Require, TenantScope, access::tenant},
    routes::tenants::dto::{TenantViewAnswer, view},
};

/// Get one's own workshop
///
/// With its first 100 people and its subscription.
#[utoipa::path(
    get, path = "/tenant", operation_id = "getOwnTenant", tag = "Workspace",
    responses((status = 200, description = "The workshop", body = TenantViewAnswer))
)]
pub async fn handle(
    _: Require<tenant::WorkspaceRead>,
    scope: TenantScope,
    tenants: web::Data<Tenants>,
    core: web::Data<Core>,
) -> Result<Answer, Problem> {
    view(tenants.get(scope.0).await?, core.clock.now())
}
