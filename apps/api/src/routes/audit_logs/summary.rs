use actix_web::web;
use audit::AuditLog;

use super::dto::SummaryDto;
use crate::http::{Answer, Problem, Query, Require, access::admin};

/// Sum up the audit trail
#[utoipa::path(
    get, path = "/admin/audit-logs/summary", operation_id = "getAuditSummary", tag = "Audit",
    responses((status = 200, description = "The trail at a glance", body = SummaryDto))
)]
pub async fn handle(
    _: Require<admin::AuditRead>,
    _: Query<crate::http::NoFilters>,
    log: web::Data<AuditLog>,
) -> Result<Answer, Problem> {
    Answer::ok(&SummaryDto::from(log.summary(None).await?))
}
