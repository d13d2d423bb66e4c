use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use kernel::{
    FieldCode, FieldError,
    input::{Fields, json_object},
    moment,
};
use serde_json::{Map, Number, Value};
use uuid::Uuid;

use super::{MetricType, UsageValue};

/// Most points that are recorded at once.
pub const MAX_POINTS: usize = 1_000;
/// Most wrong fields that are told of at once.
const MAX_ERRORS: usize = 100;
/// How old a point may be when it is recorded.
const MAX_AGE: TimeDelta = TimeDelta::days(35);
/// How far ahead of ours a client's clock may be.
pub(super) const MAX_AHEAD: TimeDelta = TimeDelta::minutes(5);
/// Most characters of a key.
const MAX_KEY: usize = 255;

/// Names a point, so that recording it again does nothing: 1 to 255 visible ASCII characters, unique in its workshop.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsageKey(String);

impl UsageKey {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads what a client sent in `field`.
    ///
    /// # Errors
    /// `INVALID` or `TOO_LONG`.
    pub fn parse(field: &'static str, text: String) -> Result<Self, FieldError> {
        if text.len() > MAX_KEY {
            return Err(FieldError::new(field, FieldCode::TooLong, format!("must be at most {MAX_KEY} characters")));
        }
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(FieldError::new(field, FieldCode::Invalid, "must be visible ASCII characters"));
        }
        Ok(Self(text))
    }

    pub(crate) fn trusted(text: String) -> Self {
        Self(text)
    }
}

/// Something that was measured.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct UsagePoint {
    pub id: Uuid,
    pub metric_type: MetricType,
    pub value: UsageValue,
    pub date: DateTime<Utc>,
    /// Whatever the client wants to keep with it.
    pub details: Option<Map<String, Value>>,
}

/// A point as a client wrote it.
#[derive(Debug, Clone, Default)]
pub struct UsagePointInput {
    /// `metricType`
    pub metric_type: Option<String>,
    /// `value`
    pub value: Option<Number>,
    /// `date`; now when absent.
    pub date: Option<String>,
    /// `details`, a JSON object.
    pub details: Option<Value>,
    /// `idempotencyKey`
    pub idempotency_key: Option<String>,
}

/// What a client sent to be recorded: one point, or `metrics`.
#[derive(Debug, Clone, Default)]
pub struct UsageInput {
    /// The fields of a single point.
    pub point: UsagePointInput,
    /// `metrics`
    pub metrics: Option<Vec<UsagePointInput>>,
}

/// A point about to be recorded.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NewPoint {
    pub(crate) metric_type: MetricType,
    pub(crate) value: UsageValue,
    pub(crate) date: DateTime<Utc>,
    pub(crate) details: Option<Map<String, Value>>,
    pub(crate) key: Option<UsageKey>,
}

/// Points about to be recorded together, 1 to 1,000.
#[derive(Debug, Clone, PartialEq)]
pub struct UsageBatch(pub(crate) Vec<NewPoint>);

impl UsageBatch {
    /// Reads what a client sent at `now`. A point may be up to 35 days old, and up to 5 minutes ahead.
    ///
    /// # Errors
    /// Every wrong field, the first hundred.
    pub fn parse(input: UsageInput, now: DateTime<Utc>) -> Result<Self, Vec<FieldError>> {
        match input.metrics {
            None => parse_point(input.point, now).map(|point| Self(vec![point])),
            Some(_) if !input.point.is_empty() => Err(vec![FieldError::new(
                "metrics",
                FieldCode::Invalid,
                "must not be given together with the fields of a point",
            )]),
            Some(metrics) => parse_all(metrics, now).map(Self),
        }
    }
}

impl UsagePointInput {
    fn is_empty(&self) -> bool {
        let Self { metric_type, value, date, details, idempotency_key } = self;
        metric_type.is_none() && value.is_none() && date.is_none() && details.is_none() && idempotency_key.is_none()
    }
}

fn parse_all(metrics: Vec<UsagePointInput>, now: DateTime<Utc>) -> Result<Vec<NewPoint>, Vec<FieldError>> {
    match metrics.len() {
        0 => return Err(vec![FieldError::new("metrics", FieldCode::Required, "must have at least one point")]),
        1..=MAX_POINTS => {}
        _ => return Err(vec![FieldError::new("metrics", FieldCode::TooLong, "must have at most 1,000 points")]),
    }
    let (mut points, mut errors) = (Vec::with_capacity(metrics.len()), Vec::new());
    for (index, input) in metrics.into_iter().enumerate() {
        match parse_point(input, now) {
            Ok(point) => points.push(point),
            Err(wrong) => errors.extend(wrong.into_iter().map(|mut error| {
                error.field = format!("metrics[{index}].{}", error.field).into();
                error
            })),
        }
        if errors.len() >= MAX_ERRORS {
            break;
        }
    }
    errors.truncate(MAX_ERRORS);
    if errors.is_empty() { Ok(points) } else { Err(errors) }
}

fn parse_point(input: UsagePointInput, now: DateTime<Utc>) -> Result<NewPoint, Vec<FieldError>> {
    let mut fields = Fields::new();
    let metric_type = input.metric_type.ok_or_else(|| missing("metricType"));
    let metric_type = fields.take(metric_type.and_then(|text| MetricType::parse("metricType", &text)));
    let value = input.value.ok_or_else(|| missing("value"));
    let value = fields.take(value.and_then(|number| UsageValue::parse("value", &number)));
    let date = fields.take(input.date.map_or_else(|| Ok(now.trunc_subsecs(6)), |text| parse_date(&text, now)));
    let details = fields.optional(input.details, |value| json_object("details", value));
    let key = fields.optional(input.idempotency_key, |text| UsageKey::parse("idempotencyKey", text));
    let point = || Some(NewPoint { metric_type: metric_type?, value: value?, date: date?, details, key });
    let point = point();
    fields.finish(point)
}

fn missing(field: &'static str) -> FieldError {
    FieldError::new(field, FieldCode::Required, "is missing")
}

fn parse_date(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, FieldError> {
    let date = moment::kept("date", text)?;
    if (now - MAX_AGE..=now + MAX_AHEAD).contains(&date) {
        return Ok(date);
    }
    Err(FieldError::new("date", FieldCode::OutOfRange, "must be at most 35 days ago and at most 5 minutes ahead"))
}

#[cfg(test)]
#[path = "point_tests.rs"]
mod tests;
