use actix_web::web;
use audit::{AuditLog, AuditSort};
use serde::Serialize;
use utoipa::ToSchema;

use super::{dto::EntryDto, filters::Filters};
use crate::http::{Answer, Listing, Pagination, PagingParams, Problem, Require, access::admin};

/// A page of the audit trail.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditLogList {
    pub(in crate::routes) audit_logs: Vec<EntryDto>,
    pub(in crate::routes) pagination: Pagination,
}

/// Search the audit trail
///
/// Newest first unless `sort=createdAt`.
#[utoipa::path(
    get, path = "/admin/audit-logs", operation_id = "listAuditLogs", tag = "Audit",
    params(PagingParams, Filters),
    responses((status = 200, description = "A page of entries", body = AuditLogList))
)]
pub async fn handle(
    _: Require<admin::AuditRead>,
    list: Listing<Filters, AuditSort>,
    log: web::Data<AuditLog>,
) -> Result<Answer, Problem> {
    let page = log.search(&list.filters.to_filter(), &list.page).await?;
    let (audit_logs, pagination) = list.answer(page, EntryDto::from);
    Answer::ok(&AuditLogList { audit_logs, pagination })
}
