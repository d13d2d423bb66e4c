use actix_web::web;
use kernel::TenantId;
use tenancy::service::Tenants;

use super::dto::{TenantAnswer, answer};
use crate::http::{Answer, Context, NoBody, PathId, Problem, Require, access::admin};

/// Restore a deleted tenant
///
/// It stands where it stood before it was deleted.
#[utoipa::path(
    post, path = "/admin/tenants/{id}/restore", operation_id = "restoreTenant", tag = "Tenants",
    params(("id" = uuid::Uuid, Path, description = "The tenant")),
    responses((status = 200, description = "The restored workshop", body = TenantAnswer))
)]
pub async fn handle(
    _: Require<admin::TenantsDelete>,
    context: Context,
    id: PathId<TenantId>,
    _: NoBody,
    tenants: web::Data<Tenants>,
) -> Result<Answer, Problem> {
    answer(tenants.restore(&context, id.0).await?)
}
