use actix_web::web;
use kernel::TenantId;
use metering::{
    domain::{UsageInput, UsagePointInput},
    service::{Usage, UsageRecorded},
};
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use utoipa::ToSchema;

use crate::http::{Answer, Context, Idempotent, Json, PathId, Problem, Require, access::admin};

/// Something that was measured.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PointBody {
    /// Capitals, digits and underscores, such as API_CALLS.
    #[schema(required = true, value_type = String, max_length = 64, example = "STORAGE")]
    metric_type: Option<String>,
    /// 0 to 10^12, with at most three decimals.
    #[schema(required = true, value_type = f64, minimum = 0, example = 12.5)]
    value: Option<Number>,
    /// At most 35 days ago and 5 minutes ahead; now when left out.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    date: Option<String>,
    /// Whatever shall be kept with it: an object of at most 16 KiB.
    #[schema(value_type = Option<Object>)]
    details: Option<Value>,
    /// A second point of the workshop with the same key changes nothing.
    #[schema(max_length = 255)]
    idempotency_key: Option<String>,
}

/// One point, or up to 1,000 as `metrics`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordUsageBody {
    /// Capitals, digits and underscores, such as API_CALLS.
    #[schema(max_length = 64, example = "STORAGE")]
    metric_type: Option<String>,
    /// 0 to 10^12, with at most three decimals.
    #[schema(value_type = Option<f64>, minimum = 0, example = 12.5)]
    value: Option<Number>,
    /// At most 35 days ago and 5 minutes ahead; now when left out.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    date: Option<String>,
    /// Whatever shall be kept with it: an object of at most 16 KiB.
    #[schema(value_type = Option<Object>)]
    details: Option<Value>,
    /// A second point of the workshop with the same key changes nothing.
    #[schema(max_length = 255)]
    idempotency_key: Option<String>,
    /// Several points; then nothing else is given.
    #[schema(max_items = 1_000)]
    metrics: Option<Vec<PointBody>>,
}

impl From<PointBody> for UsagePointInput {
    fn from(it: PointBody) -> Self {
        let PointBody { metric_type, value, date, details, idempotency_key } = it;
        Self { metric_type, value, date, details, idempotency_key }
    }
}

impl From<RecordUsageBody> for UsageInput {
    fn from(it: RecordUsageBody) -> Self {
        let RecordUsageBody { metric_type, value, date, details, idempotency_key, metrics } = it;
        Self {
            point: UsagePointInput { metric_type, value, date, details, idempotency_key },
            metrics: metrics.map(|metrics| metrics.into_iter().map(UsagePointInput::from).collect()),
        }
    }
}

/// What came of it.
#[derive(Serialize, ToSchema)]
pub struct UsageRecordedAnswer {
    /// Points that were added.
    recorded: u64,
    /// Points that were there already, by their `idempotencyKey`.
    duplicates: u64,
}

impl From<UsageRecorded> for UsageRecordedAnswer {
    fn from(it: UsageRecorded) -> Self {
        Self { recorded: it.recorded, duplicates: it.duplicates }
    }
}

/// Record usage
///
/// All points or none. 409 ILLEGAL_TRANSITION for a deleted workshop.
#[utoipa::path(
    post, path = "/admin/tenants/{id}/usage", operation_id = "recordUsage", tag = "Usage",
    params(("id" = uuid::Uuid, Path, description = "The tenant")),
    request_body = RecordUsageBody,
    responses((status = 201, description = "How many points are new", body = UsageRecordedAnswer))
)]
pub async fn handle(
    _: Require<admin::UsageWrite>,
    context: Context,
    id: PathId<TenantId>,
    key: Idempotent,
    body: Json<RecordUsageBody>,
    usage: web::Data<Usage>,
) -> Result<Answer, Problem> {
    let batch = usage.parse(body.into_inner().into())?;
    key.once(async |tx| {
        let recorded = usage.record_in(tx, &context, id.0, batch).await?;
        Answer::created(&format!("/api/admin/tenants/{}/usage", id.0), &UsageRecordedAnswer::from(recorded))
    })
    .await
}
