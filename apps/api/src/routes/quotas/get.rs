use actix_web::web;
use kernel::TenantId;
use tenancy::service::Quotas;

use super::dto::QuotaAnswer;
use crate::http::{Answer, NoFilters, PathId, Problem, Query, Require, access::admin};

/// What a workshop has used of its plan
#[utoipa::path(
    get, path = "/admin/tenants/{id}/quota", operation_id = "getQuota", tag = "Usage",
    params(("id" = uuid::Uuid, Path, description = "The workshop")),
    responses((status = 200, description = "Seats, and API calls of today", body = QuotaAnswer))
)]
pub async fn handle(
    _: Require<admin::UsageRead>,
    id: PathId<TenantId>,
    _: Query<NoFilters>,
    quotas: web::Data<Quotas>,
) -> Result<Answer, Problem> {
    Answer::ok(&QuotaAnswer::from(quotas.get(id.0).await?))
}
