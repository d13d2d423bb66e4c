use actix_web::web;
use tenancy::service::Tenants;

use super::view_dto::{TenantViewAnswer, view};
use crate::{
    composition::Core,
    http::{Answer, PathText, Problem, Require, access::admin},
    workflows::ViewWorkshop,
};

/// Get a tenant by its subdomain
///
/// Whatever the case; otherwise as by id.
#[utoipa::path(
    get, path = "/admin/tenants/by-subdomain/{subdomain}", operation_id = "getTenantBySubdomain", tag = "Tenants",
    params(("subdomain" = String, Path, description = "Its subdomain", example = "jos-garage")),
    responses((status = 200, description = "The workshop", body = TenantViewAnswer))
)]
pub async fn handle(
    caller: Require<admin::TenantsRead>,
    subdomain: PathText<String>,
    tenants: web::Data<Tenants>,
    workshops: web::Data<ViewWorkshop>,
    core: web::Data<Core>,
) -> Result<Answer, Problem> {
    let found = tenants.get_by_subdomain(&subdomain.0).await?;
    let parts = workshops.parts(&caller, found.tenant.id).await?;
    view::<TenantViewAnswer>(found, parts, core.clock.now())
}
