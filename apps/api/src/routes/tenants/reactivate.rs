use actix_web::web;
use kernel::TenantId;
use tenancy::service::Tenants;

use super::dto::{TenantAnswer, answer};
use crate::http::{Answer, Context, NoBody, PathId, Problem, Require, access::admin};

/// Reactivate a tenant
///
/// A suspended, cancelled or expired one works again; a trial that is over is forgotten.
#[utoipa::path(
    post, path = "/admin/tenants/{id}/reactivate", operation_id = "reactivateTenant", tag = "Tenants",
    params(("id" = uuid::Uuid, Path, description = "The tenant")),
    responses((status = 200, description = "The workshop, active again", body = TenantAnswer))
)]
pub async fn handle(
    _: Require<admin::TenantsWrite>,
    context: Context,
    id: PathId<TenantId>,
    _: NoBody,
    tenants: web::Data<Tenants>,
) -> Result<Answer, Problem> {
    answer(tenants.reactivate(&context, id.0).await?)
}
