use chrono::{DateTime, TimeDelta, Utc};
use kernel::{FieldCode, FieldError, input::Fields, moment, page::KeyType};

use super::{Calendar, Cover, MetricType, Period, RawRetention, UsageTotal, Zone, point::MAX_AHEAD};

/// How far back is read when nobody says.
const DEFAULT_RANGE: TimeDelta = TimeDelta::days(30);
/// Most days, weeks or months that are summed up at once.
const MAX_PERIODS: usize = 400;

/// Which points.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct UsageFilter {
    /// Of this metric; of all when absent.
    pub metric_type: Option<MetricType>,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

/// A period, and what the range has of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// The whole day, week or month.
    pub period: Period,
    /// The part of it that is within the range.
    pub cover: Cover,
}

/// The usage that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsageQuery {
    /// Points as they were recorded.
    Points(UsageFilter),
    /// A sum for each metric and period that has points.
    Sums {
        /// Of this metric; of all when absent.
        metric_type: Option<MetricType>,
        /// In their order.
        slices: Vec<Slice>,
    },
}

/// [`UsageQuery`] as a client wrote it.
#[derive(Debug, Clone, Default)]
pub struct UsageQueryInput {
    /// `metricType`
    pub metric_type: Option<String>,
    /// `from`: an instant, or a day of the time zone. 30 days before `to`, or before now, when absent.
    pub from: Option<String>,
    /// `to`: the same. When absent, up to what may have been recorded by now.
    pub to: Option<String>,
    /// `granularity`: `raw` (when absent), `day`, `week` or `month`.
    pub granularity: Option<String>,
    /// `timezone`: an IANA name; UTC when absent.
    pub timezone: Option<String>,
}

/// The sum of a metric's points in a period, as far as it is within the range.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct UsageSum {
    pub metric_type: MetricType,
    pub total: UsageTotal,
    pub period: Period,
}

impl UsageQuery {
    /// Reads what a client asked for at `now`.
    ///
    /// # Errors
    /// Every wrong parameter at once.
    pub fn parse(input: UsageQueryInput, now: DateTime<Utc>, keep: RawRetention) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        let metric_type = fields.optional(input.metric_type, |text| MetricType::parse("metricType", &text));
        let calendar = fields.take(parse_granularity(input.granularity.as_deref().unwrap_or("raw")));
        let zone = fields.take(input.timezone.map_or(Ok(Zone::UTC), |name| Zone::parse("timezone", &name)));
        // Without its zone a day is not known; what is wrong with it otherwise is told all the same.
        let moment_zone = zone.unwrap_or(Zone::UTC);
        let to = fields.optional(input.to, |text| moment::bound("to", &text, |day| moment_zone.start_of(day)));
        let from = fields.optional(input.from, |text| moment::bound("from", &text, |day| moment_zone.start_of(day)));
        let (default_from, default_to) = default_range(now);
        let from = from.unwrap_or_else(|| to.map_or(default_from, |to| to - DEFAULT_RANGE));
        let to = to.unwrap_or(default_to);
        if fields.errors().is_empty() && to <= from {
            fields.push(FieldError::new("to", FieldCode::OutOfRange, "must be after from"));
        }
        let query = match (fields.errors().is_empty(), calendar, zone) {
            (true, Some(None), _) => Some(Self::Points(UsageFilter { metric_type, from, to })),
            (true, Some(Some(calendar)), Some(zone)) => {
                let slices = fields.take(slices(calendar, zone, (from, to), keep.since(now)));
                slices.map(|slices| Self::Sums { metric_type, slices })
            }
            _ => None,
        };
        fields.finish(query)
    }
}

/// The last 30 days, up to whatever may have been recorded by now.
pub(crate) fn default_range(now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    // Bounds are half-open, and points may be a little ahead.
    (now - DEFAULT_RANGE, now + MAX_AHEAD + TimeDelta::microseconds(1))
}

fn slices(
    calendar: Calendar,
    zone: Zone,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    raw_since: DateTime<Utc>,
) -> Result<Vec<Slice>, FieldError> {
    let slice = |period: Period| {
        let (from, to) = (period.start.max(from), period.end.min(to));
        Slice { period, cover: Cover::new(from, to, raw_since) }
    };
    let slices: Vec<_> = calendar.periods(zone, from, to).take(MAX_PERIODS + 1).map(slice).collect();
    if slices.len() > MAX_PERIODS {
        let message = format!("must be at most {MAX_PERIODS} days, weeks or months after from");
        return Err(FieldError::new("to", FieldCode::OutOfRange, message));
    }
    Ok(slices)
}

/// `None` for the points themselves.
fn parse_granularity(text: &str) -> Result<Option<Calendar>, FieldError> {
    match text {
        "raw" => Ok(None),
        "day" => Ok(Some(Calendar::Day)),
        "week" => Ok(Some(Calendar::Week)),
        "month" => Ok(Some(Calendar::Month)),
        _ => Err(FieldError::new("granularity", FieldCode::Invalid, "must be one of raw, day, week, month")),
    }
}

/// What usage can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UsageSort {
    /// Time of the point, or begin of the period; then by metric.
    Date,
}

impl UsageSort {
    /// Every field, with its name on the wire.
    pub const ALL: &'static [(&'static str, Self)] = &[("date", Self::Date)];

    /// The type of the field's values: the time, then the metric.
    #[must_use]
    pub fn key_type(self) -> KeyType {
        match self {
            Self::Date => KeyType::TimeText,
        }
    }
}

#[cfg(test)]
#[path = "query_tests.rs"]
mod tests;
