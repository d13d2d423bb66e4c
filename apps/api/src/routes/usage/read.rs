use actix_web::web;
use auth::PermissionMarker;
use kernel::page::{Direction, KeyType, Sort};
use metering::{
    domain::{UsageQueryInput, UsageSort},
    service::{Usage, UsagePage},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::dto::{PointDto, SumDto};
use crate::http::{Answer, Listing, Pagination, PagingParams, Problem, Require, SortField, TargetTenant};

impl SortField for UsageSort {
    const FIELDS: &'static [(&'static str, Self)] = Self::ALL;

    fn default_sort() -> Sort<Self> {
        Sort { field: Self::Date, direction: Direction::Ascending }
    }

    fn key_type(self) -> KeyType {
        UsageSort::key_type(self)
    }
}

/// Which usage.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct Filters {
    /// Only of this metric.
    #[param(example = "API_CALLS")]
    metric_type: Option<String>,
    /// From this instant, or the start of this day of the time zone, on; 30 days before `to` when left out.
    #[param(example = "2026-01-01")]
    from: Option<String>,
    /// Before this instant, or the start of this day; until now when left out.
    #[param(example = "2026-02-01")]
    to: Option<String>,
    /// `raw` for the points themselves (default), or sums by `day`, `week` (ISO) or `month`: at most 400 of them.
    #[param(example = "day")]
    granularity: Option<String>,
    /// The time zone of days, weeks and months; UTC when left out.
    #[param(example = "Australia/Sydney")]
    timezone: Option<String>,
}

impl From<Filters> for UsageQueryInput {
    fn from(it: Filters) -> Self {
        let Filters { metric_type, from, to, granularity, timezone } = it;
        Self { metric_type, from, to, granularity, timezone }
    }
}

/// A page of points (`raw`), or of sums.
#[derive(Serialize, ToSchema)]
pub struct UsageList {
    usage: UsageRows,
    pagination: Pagination,
}

/// Points or sums.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum UsageRows {
    Points(Vec<PointDto>),
    Sums(Vec<SumDto>),
}

/// List a tenant's usage
///
/// Points are kept for 13 months, their sums for ever. Sorted by `date`, the earliest first.
#[utoipa::path(
    get, path = "/admin/tenants/{id}/usage", operation_id = "getUsage", tag = "Usage",
    params(("id" = uuid::Uuid, Path, description = "The tenant"), PagingParams, Filters),
    responses((status = 200, description = "A page of points, or of sums", body = UsageList))
)]
pub async fn handle<P: PermissionMarker>(
    _: Require<P>,
    tenant: TargetTenant,
    list: Listing<Filters, UsageSort>,
    usage: web::Data<Usage>,
) -> Result<Answer, Problem> {
    let query = usage.parse_query(list.filters.clone().into())?;
    let (usage, pagination) = match usage.read(tenant.id, &query, &list.page).await? {
        UsagePage::Points(points) => {
            let (points, pagination) = list.answer(points, PointDto::from);
            (UsageRows::Points(points), pagination)
        }
        UsagePage::Sums(sums) => {
            let (sums, pagination) = list.answer(sums, SumDto::from);
            (UsageRows::Sums(sums), pagination)
        }
    };
    Answer::ok(&UsageList { usage, pagination })
}
