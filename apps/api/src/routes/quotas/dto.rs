use kernel::input::Word as _;
use metering::domain::Quota;
use serde::Serialize;
use utoipa::ToSchema;

use crate::workflows::QuotaUse;

/// How much of a limit is used.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Quota)]
pub struct QuotaDto {
    used: u64,
    /// Null for any number.
    #[schema(required = true, example = 5)]
    limit: Option<u64>,
    /// With two decimals; 0 without a limit.
    #[schema(example = 80.0)]
    percent: f64,
    /// Whether nothing is left.
    exceeded: bool,
}

impl From<Quota> for QuotaDto {
    fn from(quota: Quota) -> Self {
        Self { used: quota.used, limit: quota.limit, percent: quota.percent(), exceeded: !quota.has_room() }
    }
}

/// What a workshop has used of its plan.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QuotaAnswer {
    #[schema(example = "PROFESSIONAL")]
    plan: &'static str,
    /// Seats: people who are active or invited.
    users: QuotaDto,
    /// Requests of the workshop's people today, a day of UTC.
    api_calls_per_day: QuotaDto,
}

impl From<QuotaUse> for QuotaAnswer {
    fn from(quota: QuotaUse) -> Self {
        Self { plan: quota.plan.as_str(), users: quota.users.into(), api_calls_per_day: quota.api_calls.into() }
    }
}
