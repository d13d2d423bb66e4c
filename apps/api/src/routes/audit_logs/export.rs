use actix_web::{HttpResponse, http::header, web};
use audit::{ExportFormat, Exporter};
use futures::StreamExt as _;

use super::filters::ExportFilters;
use crate::{
    adapters::known_tenants::KnownTenants,
    http::{Context, Problem, Query, Require, TargetTenants, access::admin},
};

/// Export the audit trail
///
/// Of all tenants, or of one. Oldest first, streamed; entries that are newer than the request are not in it. Leaves an entry
/// AUDIT_EXPORTED. JSON Lines can be verified offline by `nextcrm audit verify --file`.
#[utoipa::path(
    get, path = "/admin/tenants/{id}/audit-logs/export", operation_id = "exportTenantAuditLogs", tag = "Audit",
    params(("id" = uuid::Uuid, Path, description = "The tenant"), ExportFilters),
    responses((status = 200, description = "The entries", content((String = "text/csv"), (String = "application/jsonl"))))
)]
pub async fn handle(
    caller: Require<admin::AuditExport>,
    context: Context,
    target: TargetTenants,
    query: Query<ExportFilters>,
    exporter: web::Data<Exporter>,
    tenants: web::Data<KnownTenants>,
) -> Result<HttpResponse, Problem> {
    tenants.require(&caller, target.0).await?;
    let (filters, format) = query.0.split();
    let chunks = exporter.export(&context, filters.to_filter(target.0)?, format).await?.inspect(|chunk| {
        // The status is long sent; the client sees the connection break off.
        if let Err(error) = chunk {
            tracing::error!(error = error as &dyn std::error::Error, "an audit export broke off");
        }
    });
    let content_type = match format {
        ExportFormat::Csv => "text/csv; charset=utf-8",
        ExportFormat::JsonLines => "application/jsonl; charset=utf-8",
    };
    let disposition = format!("attachment; filename=\"audit-log.{}\"", format.as_str());
    Ok(HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .streaming(chunks))
}
