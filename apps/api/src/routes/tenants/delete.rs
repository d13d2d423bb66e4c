use actix_web::web;
use kernel::TenantId;
use tenancy::service::Tenants;

use super::dto::DeletedTenantAnswer;
use crate::http::{Answer, Context, PathId, Problem, Require, access::admin};

/// Delete a tenant
///
/// Softly: it becomes CANCELLED, keeps its subdomain, and its people are signed out within a second. It can be restored.
#[utoipa::path(
    delete, path = "/admin/tenants/{id}", operation_id = "deleteTenant", tag = "Tenants",
    params(("id" = uuid::Uuid, Path, description = "The tenant")),
    responses((status = 200, description = "The deleted workshop", body = DeletedTenantAnswer))
)]
pub async fn handle(
    _: Require<admin::TenantsDelete>,
    context: Context,
    id: PathId<TenantId>,
    tenants: web::Data<Tenants>,
) -> Result<Answer, Problem> {
    let summary = tenants.delete(&context, id.0).await?;
    let version = summary.tenant.version;
    let body = DeletedTenantAnswer { message: "The workshop was deleted; it can be restored.", tenant: summary.into() };
    Ok(Answer::ok(&body)?.etag(version))
}
