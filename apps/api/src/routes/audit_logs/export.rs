use actix_web::{HttpResponse, http::header, web};
use audit::{AuditFilter, ExportFormat, Exporter};
use futures::StreamExt as _;

use super::filters::ExportFilters;
use crate::http::{Context, Problem, Query, Require, access::admin};

/// Export the audit trail
///
/// Oldest first, streamed; entries that are newer than the request are not in it. Leaves an entry AUDIT_EXPORTED. JSON Lines
/// can be verified offline by `nextcrm audit verify --file`.
#[utoipa::path(
    get, path = "/admin/audit-logs/export", operation_id = "exportAuditLogs", tag = "Audit",
    params(ExportFilters),
    responses((status = 200, description = "The entries", content((String = "text/csv"), (String = "application/jsonl"))))
)]
pub async fn handle(
    _: Require<admin::AuditExport>,
    context: Context,
    query: Query<ExportFilters>,
    exporter: web::Data<Exporter>,
) -> Result<HttpResponse, Problem> {
    let (filters, format) = query.0.split();
    stream(&context, filters.to_filter(), format, &exporter).await
}

/// The export as a download.
pub(super) async fn stream(
    context: &Context,
    filter: AuditFilter,
    format: ExportFormat,
    exporter: &Exporter,
) -> Result<HttpResponse, Problem> {
    let chunks = exporter.export(context, filter, format).await?.inspect(|chunk| {
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
