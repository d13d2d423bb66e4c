use actix_web::web;
use audit::{AuditLog, AuditSort};
use kernel::TenantId;

use super::{dto::EntryDto, filters::Filters, list::AuditLogList};
use crate::{
    adapters::known_tenants::KnownTenants,
    http::{Answer, Listing, PagingParams, PathId, Problem, Require, access::admin},
};

/// Search the audit trail of a workshop
///
/// Newest first unless `sort=createdAt`.
#[utoipa::path(
    get, path = "/admin/tenants/{id}/audit-logs", operation_id = "listTenantAuditLogs", tag = "Audit",
    params(("id" = uuid::Uuid, Path, description = "The workshop"), PagingParams, Filters),
    responses((status = 200, description = "A page of entries", body = AuditLogList))
)]
pub async fn handle(
    _: Require<admin::AuditRead>,
    id: PathId<TenantId>,
    list: Listing<Filters, AuditSort>,
    log: web::Data<AuditLog>,
    tenants: web::Data<KnownTenants>,
) -> Result<Answer, Problem> {
    tenants.require(id.0).await?;
    let page = log.search(&list.filters.to_filter_of(id.0)?, &list.page).await?;
    let (audit_logs, pagination) = list.answer(page, EntryDto::from);
    Answer::ok(&AuditLogList { audit_logs, pagination })
}
