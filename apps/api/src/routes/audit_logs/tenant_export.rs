use actix_web::{HttpResponse, web};
use audit::Exporter;
use kernel::TenantId;

use super::{export::stream, filters::ExportFilters};
use crate::{
    adapters::known_tenants::KnownTenants,
    http::{Context, PathId, Problem, Query, Require, access::admin},
};

/// Export the audit trail of a workshop
///
/// Oldest first, streamed; entries that are newer than the request are not in it. Leaves an entry AUDIT_EXPORTED. JSON Lines
/// can be verified offline by `nextcrm audit verify --file`.
#[utoipa::path(
    get, path = "/admin/tenants/{id}/audit-logs/export", operation_id = "exportTenantAuditLogs", tag = "Audit",
    params(("id" = uuid::Uuid, Path, description = "The workshop"), ExportFilters),
    responses((status = 200, description = "The entries", content((String = "text/csv"), (String = "application/jsonl"))))
)]
pub async fn handle(
    _: Require<admin::AuditExport>,
    context: Context,
    id: PathId<TenantId>,
    query: Query<ExportFilters>,
    exporter: web::Data<Exporter>,
    tenants: web::Data<KnownTenants>,
) -> Result<HttpResponse, Problem> {
    tenants.require(id.0).await?;
    let (filters, format) = query.0.split();
    stream(&context, filters.to_filter_of(id.0)?, format, &exporter).await
}
