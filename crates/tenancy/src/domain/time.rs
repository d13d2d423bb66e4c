use chrono::{DateTime, Datelike, SubsecRound, Utc};
use kernel::FieldError;

/// An instant as clients write it (RFC 3339), in whole microseconds, between the years 1970 and 9999.
pub(super) fn parse(field: &'static str, text: &str) -> Result<DateTime<Utc>, FieldError> {
    DateTime::parse_from_rfc3339(text.trim())
        .map(|time| time.with_timezone(&Utc).trunc_subsecs(6))
        .ok()
        .filter(|time| (1970..=9999).contains(&time.year()))
        .ok_or_else(|| FieldError::new(field, "INVALID", "must be a time such as 2026-01-31T00:00:00Z"))
}
