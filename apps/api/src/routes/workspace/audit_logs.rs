use actix_web::web;
use audit::{AuditLog, AuditSort};

use crate::{
    http::{Answer, Listing, PagingParams, Problem, Require, TenantScope, access::tenant},
    routes::audit_logs::{AuditLogList, EntryDto, Filters},
};

/// Search the audit trail of one's own workshop
///
/// What its people did, and what staff did to it; where staff sit and what they use is not shown. Newest first unless
/// `sort=createdAt`.
#[utoipa::path(
    get, path = "/tenant/audit-logs", operation_id = "listOwnAuditLogs", tag = "Workspace",
    params(PagingParams, Filters),
    responses((status = 200, description = "A page of entries", body = AuditLogList))
)]
pub async fn handle(
    _: Require<tenant::AuditRead>,
    scope: TenantScope,
    list: Listing<Filters, AuditSort>,
    log: web::Data<AuditLog>,
) -> Result<Answer, Problem> {
    let page = log.search(&list.filters.to_filter_of(scope.0)?, &list.page).await?;
    let (audit_logs, pagination) = list.answer(page, EntryDto::for_workshop);
    Answer::ok(&AuditLogList { audit_logs, pagination })
}
