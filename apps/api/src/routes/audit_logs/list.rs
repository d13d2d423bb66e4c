use actix_web::web;
use audit::{AuditLog, AuditSort, NamedEntry};
use auth::PermissionMarker;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    dto::{EntryDto, OwnEntryDto},
    filters::Filters,
};
use crate::{
    adapters::known_tenants::KnownTenants,
    http::{Answer, Listing, Pagination, PagingParams, Problem, Require, TargetTenants},
};

/// A page of the audit trail.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditLogList {
    audit_logs: Vec<EntryDto>,
    pagination: Pagination,
}

impl From<(Vec<NamedEntry>, Pagination)> for AuditLogList {
    fn from((entries, pagination): (Vec<NamedEntry>, Pagination)) -> Self {
        Self { audit_logs: entries.into_iter().map(EntryDto::from).collect(), pagination }
    }
}

/// A page of a tenant's audit trail, as its own people see it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnAuditLogList {
    audit_logs: Vec<OwnEntryDto>,
    pagination: Pagination,
}

impl From<(Vec<NamedEntry>, Pagination)> for OwnAuditLogList {
    fn from((entries, pagination): (Vec<NamedEntry>, Pagination)) -> Self {
        Self { audit_logs: entries.into_iter().map(OwnEntryDto::from).collect(), pagination }
    }
}

/// Search the audit trail
///
/// Of one tenant, or for staff of all; newest first unless `sort=createdAt`. A tenant's people see what they did and what
/// staff did to their tenant, but not where staff sit and what they use.
#[utoipa::path(
    get, path = "/admin/tenants/{id}/audit-logs", operation_id = "listTenantAuditLogs", tag = "Audit",
    params(("id" = uuid::Uuid, Path, description = "The tenant"), PagingParams, Filters),
    responses((status = 200, description = "A page of entries", body = AuditLogList))
)]
pub async fn handle<P: PermissionMarker, A: From<(Vec<NamedEntry>, Pagination)> + Serialize>(
    caller: Require<P>,
    target: TargetTenants,
    list: Listing<Filters, AuditSort>,
    log: web::Data<AuditLog>,
    tenants: web::Data<KnownTenants>,
) -> Result<Answer, Problem> {
    tenants.require(&caller, target.0).await?;
    let page = log.search(&list.filters.to_filter(target.0)?, &list.page).await?;
    Answer::ok(&A::from(list.answer(page, |entry| entry)))
}
