use actix_web::web;
use auth::PermissionMarker;

use super::dto::QuotaAnswer;
use crate::{
    http::{Answer, Problem, Require, TargetTenant},
    workflows::ViewQuota,
};

/// Get a tenant's quota
///
/// Goes on answering when nothing is left.
#[utoipa::path(
    get, path = "/admin/tenants/{id}/quota", operation_id = "getQuota", tag = "Usage",
    params(("id" = uuid::Uuid, Path, description = "The tenant")),
    responses((status = 200, description = "Seats, and API calls of today", body = QuotaAnswer))
)]
pub async fn handle<P: PermissionMarker>(
    _: Require<P>,
    tenant: TargetTenant,
    quotas: web::Data<ViewQuota>,
) -> Result<Answer, Problem> {
    Answer::ok(&QuotaAnswer::from(quotas.get(tenant.id).await?))
}
