use actix_web::web;
use kernel::TenantId;
use tenancy::service::Tenants;

use super::dto::{TenantViewAnswer, view};
use crate::{
    composition::Core,
    http::{Answer, PathId, Problem, Require, access::admin},
};

/// Get a workshop
///
/// With its first 100 people and its subscription. A deleted one is shown too, with `deletedAt`.
#[utoipa::path(
    get, path = "/admin/tenants/{id}", operation_id = "getTenant", tag = "Tenants",
    params(("id" = uuid::Uuid, Path, description = "The workshop")),
    responses((status = 200, description = "The workshop", body = TenantViewAnswer))
)]
pub async fn handle(
    _: Require<admin::TenantsRead>,
    id: PathId<TenantId>,
    tenants: web::Data<Tenants>,
    core: web::Data<Core>,
) -> Result<Answer, Problem> {
    view(tenants.get(id.0).await?, core.clock.now())
}
