use actix_web::web;
use audit::AuditLog;
use kernel::TenantScope;

use super::dto::SummaryDto;
use crate::{
    adapters::known_tenants::KnownTenants,
    http::{Answer, Problem, Require, TargetTenants, access::admin},
};

/// Summarise the audit trail
///
/// Of all tenants, or of one.
#[utoipa::path(
    get, path = "/admin/tenants/{id}/audit-logs/summary", operation_id = "getTenantAuditSummary", tag = "Audit",
    params(("id" = uuid::Uuid, Path, description = "The tenant")),
    responses((status = 200, description = "The trail at a glance", body = SummaryDto))
)]
pub async fn handle(
    caller: Require<admin::AuditRead>,
    target: TargetTenants,
    log: web::Data<AuditLog>,
    tenants: web::Data<KnownTenants>,
) -> Result<Answer, Problem> {
    tenants.require(&caller, target.0).await?;
    let of = match target.0 {
        TenantScope::All => None,
        TenantScope::Only(tenant) => Some(tenant),
    };
    Answer::ok(&SummaryDto::from(log.summary(of).await?))
}
