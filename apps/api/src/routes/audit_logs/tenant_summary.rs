use actix_web::web;
use audit::AuditLog;
use kernel::TenantId;

use super::dto::SummaryDto;
use crate::{
    adapters::known_tenants::KnownTenants,
    http::{Answer, NoFilters, PathId, Problem, Query, Require, access::admin},
};

/// Sum up the audit trail of a workshop
#[utoipa::path(
    get, path = "/admin/tenants/{id}/audit-logs/summary", operation_id = "getTenantAuditSummary", tag = "Audit",
    params(("id" = uuid::Uuid, Path, description = "The workshop")),
    responses((status = 200, description = "The workshop's trail at a glance", body = SummaryDto))
)]
pub async fn handle(
    _: Require<admin::AuditRead>,
    id: PathId<TenantId>,
    _: Query<NoFilters>,
    log: web::Data<AuditLog>,
    tenants: web::Data<KnownTenants>,
) -> Result<Answer, Problem> {
    tenants.require(id.0).await?;
    Answer::ok(&SummaryDto::from(log.summary(Some(id.0)).await?))
}
