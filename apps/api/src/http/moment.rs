//! Bounds of time in queries.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Deserializer, de::Error as _};

/// An instant (RFC 3339), or a day, which stands for its first instant in UTC.
#[derive(Debug, Clone, Copy)]
pub struct Moment(pub DateTime<Utc>);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let day = || text.parse::<NaiveDate>().ok().map(|day| day.and_time(NaiveTime::MIN).and_utc());
        let instant = DateTime::parse_from_rfc3339(&text).ok().map(|instant| instant.with_timezone(&Utc));
        let message = "must be a time like 2026-01-31T09:00:00Z or a day like 2026-01-31";
        instant.or_else(day).map(Self).ok_or_else(|| D::Error::custom(message))
    }
}
