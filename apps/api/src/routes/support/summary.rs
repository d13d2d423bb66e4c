use std::collections::BTreeMap;

use actix_web::web;
use chrono::TimeDelta;
use kernel::{TenantId, input::Word as _};
use serde::{Deserialize, Serialize};
use support::{domain::Summary, service::StaffTickets};
use utoipa::{IntoParams, ToSchema};

use crate::http::{Answer, Problem, Query, Require, access::admin};

/// Whose tickets.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct Filters {
    /// Only of this tenant.
    #[param(value_type = Option<uuid::Uuid>)]
    tenant_id: Option<TenantId>,
}

/// How many tickets wait, and how fast they are answered.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TicketSummary)]
pub struct SummaryDto {
    total: u64,
    /// Tickets that are neither resolved nor closed.
    open: u64,
    /// How many stand where; every status is there.
    #[schema(example = json!({ "OPEN": 3, "IN_PROGRESS": 1, "WAITING_FOR_CUSTOMER": 0, "RESOLVED": 2, "CLOSED": 9 }))]
    by_status: BTreeMap<&'static str, u64>,
    /// How many of the open ones have which priority; every priority is there.
    #[schema(example = json!({ "LOW": 0, "MEDIUM": 3, "HIGH": 1, "URGENT": 0 }))]
    by_priority: BTreeMap<&'static str, u64>,
    /// Open ones that are nobody's.
    unassigned: u64,
    /// Open ones of which a target was missed.
    breached: u64,
    /// From opening to the first answer, of what was answered in the last 30 days; null if nothing was.
    #[schema(required = true)]
    avg_first_response_hours: Option<f64>,
    /// From opening to the resolution, of what was resolved in the last 30 days; null if nothing was.
    #[schema(required = true)]
    avg_resolution_hours: Option<f64>,
}

impl From<Summary> for SummaryDto {
    fn from(summary: Summary) -> Self {
        let open = summary.active();
        Self {
            total: summary.total,
            open,
            by_status: summary.by_status.into_iter().map(|(status, count)| (status.as_str(), count)).collect(),
            by_priority: summary.active_by_priority.into_iter().map(|(it, count)| (it.as_str(), count)).collect(),
            unassigned: summary.unassigned,
            breached: summary.breached,
            avg_first_response_hours: summary.averages.first_response.map(hours),
            avg_resolution_hours: summary.averages.resolution.map(hours),
        }
    }
}

/// To a hundredth of an hour.
fn hours(span: TimeDelta) -> f64 {
    (span.as_seconds_f64() / 36.0).round() / 100.0
}

/// The summary of all tickets.
#[derive(Serialize, ToSchema)]
pub struct TicketSummaryAnswer {
    summary: SummaryDto,
}

/// Get support statistics
///
/// Counts by status and priority, what is nobody's, what is late, and how long things took.
#[utoipa::path(
    get, path = "/admin/support/summary", operation_id = "getSupportSummary", tag = "Support",
    params(Filters),
    responses((status = 200, description = "How many tickets wait, and how fast they are answered", body = TicketSummaryAnswer))
)]
pub async fn handle(
    _: Require<admin::SupportRead>,
    filters: Query<Filters>,
    tickets: web::Data<StaffTickets>,
) -> Result<Answer, Problem> {
    let summary = tickets.summary(filters.tenant_id).await?;
    Answer::ok(&TicketSummaryAnswer { summary: summary.into() })
}
