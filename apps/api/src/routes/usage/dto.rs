use chrono::{DateTime, Utc};
use metering::domain::{MetricType, UsagePoint, UsageSum, UsageTotal};
use serde::Serialize;
use serde_json::{Map, Number, Value};
use utoipa::ToSchema;

/// A point as it was recorded.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UsagePoint)]
pub struct PointDto {
    #[schema(example = "API_CALLS")]
    metric_type: String,
    #[schema(value_type = f64, example = 12.5)]
    value: Number,
    date: DateTime<Utc>,
    #[schema(required = true)]
    details: Option<Map<String, Value>>,
}

impl From<UsagePoint> for PointDto {
    fn from(point: UsagePoint) -> Self {
        Self {
            metric_type: point.metric_type.as_str().to_owned(),
            value: point.value.to_number(),
            date: point.date,
            details: point.details,
        }
    }
}

/// The sum of a metric's points in a day, week or month, as far as it is within the range.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UsageSum)]
pub struct SumDto {
    #[schema(example = "API_CALLS")]
    metric_type: String,
    #[schema(value_type = f64, example = 1_200.5)]
    value: Number,
    /// First instant of the whole period.
    period_start: DateTime<Utc>,
    /// First instant after it.
    period_end: DateTime<Utc>,
}

impl From<UsageSum> for SumDto {
    fn from(sum: UsageSum) -> Self {
        Self {
            metric_type: sum.metric_type.as_str().to_owned(),
            value: sum.total.to_number(),
            period_start: sum.period.start,
            period_end: sum.period.end,
        }
    }
}

/// The sum of a metric over the last 30 days.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UsageTotal)]
pub struct TotalDto {
    #[schema(example = "API_CALLS")]
    metric_type: String,
    #[schema(value_type = f64, example = 1_200.5)]
    value: Number,
}

impl From<(MetricType, UsageTotal)> for TotalDto {
    fn from((metric_type, total): (MetricType, UsageTotal)) -> Self {
        Self { metric_type: metric_type.as_str().to_owned(), value: total.to_number() }
    }
}
