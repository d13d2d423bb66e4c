//! The one reader of times that come from outside: in bodies, filters, exports and cursors. Whole microseconds (what
//! both databases keep), no leap second, and only years that both can hold.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, SubsecRound, Timelike, Utc};
use serde::{Deserialize, Deserializer, de::Error as _};

use crate::{FieldCode, FieldError};

/// Years of what is kept.
const KEPT: RangeInclusive<i32> = 1970..=2100;
/// Years that a filter may name.
const NAMED: RangeInclusive<i32> = 1..=9999;
/// No sensible spelling is longer.
const MAX_LENGTH: usize = 64;

/// A time that will be kept (a trial's end, a period, a point of usage): RFC 3339, years 1970 to 2100.
///
/// # Errors
/// `INVALID`, naming `field`.
pub fn kept(field: &'static str, text: &str) -> Result<DateTime<Utc>, FieldError> {
    let message = "must be a time such as 2026-01-31T00:00:00Z, of the years 1970 to 2100";
    instant(text, &KEPT).ok_or_else(|| FieldError::new(field, FieldCode::Invalid, message))
}

/// A bound of a filter: an instant (RFC 3339), or a day, whose first instant `start_of` knows; years 0001 to 9999.
///
/// # Errors
/// `INVALID`, naming `field`.
pub fn bound(
    field: &'static str,
    text: &str,
    start_of: impl FnOnce(NaiveDate) -> DateTime<Utc>,
) -> Result<DateTime<Utc>, FieldError> {
    read_bound(text, start_of).ok_or_else(|| FieldError::new(field, FieldCode::Invalid, BOUND))
}

const BOUND: &str = "must be a time like 2026-01-31T09:00:00Z or a day like 2026-01-31, of the years 0001 to 9999";

fn read_bound(text: &str, start_of: impl FnOnce(NaiveDate) -> DateTime<Utc>) -> Option<DateTime<Utc>> {
    match day(text) {
        // East of Greenwich the first day of all begins before the first instant of all.
        Some(day) => Some(start_of(day).max(first_instant())),
        None => instant(text, &NAMED),
    }
}

/// A [`bound`] as a query parameter; its days are those of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilterTime(pub DateTime<Utc>);

impl<'de> Deserialize<'de> for FilterTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        read_bound(&text, start_in_utc).map(Self).ok_or_else(|| D::Error::custom(BOUND))
    }
}

/// The time of a cursor.
pub(crate) fn of_cursor(text: &str) -> Option<DateTime<Utc>> {
    instant(text, &NAMED)
}

fn start_in_utc(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

fn first_instant() -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(*NAMED.start(), 1, 1).map_or(DateTime::UNIX_EPOCH, start_in_utc)
}

#[expect(clippy::disallowed_methods, reason = "this is the reader that everything else calls")]
fn instant(text: &str, years: &RangeInclusive<i32>) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if text.len() > MAX_LENGTH {
        return None;
    }
    let time = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
    // A leap second is a nanosecond count beyond a whole second.
    let is_leap = time.nanosecond() >= 1_000_000_000;
    let time = time.trunc_subsecs(6);
    (!is_leap && years.contains(&time.year())).then_some(time)
}

/// `YYYY-MM-DD`, with all its digits and nothing else.
fn day(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let is_plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let day = is_plain.then(|| text.parse::<NaiveDate>().ok())??;
    NAMED.contains(&day.year()).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_kept(text: &str) -> bool {
        kept("at", text).is_ok()
    }

    fn is_bound(text: &str) -> bool {
        let parameter = serde::de::value::StrDeserializer::<serde::de::value::Error>::new(text);
        let both = (bound("at", text, start_in_utc).is_ok(), FilterTime::deserialize(parameter).is_ok());
        assert_eq!(both.0, both.1, "{text}");
        both.0
    }

    #[test]
    fn what_is_kept_is_of_years_that_mean_something() {
        for good in ["1970-01-01T00:00:00Z", "2100-12-31T23:59:59.999999Z", " 2026-01-31T09:30:00+11:00 "] {
            assert!(is_kept(good), "{good}");
        }
        let bad = [
            "1969-12-31T23:59:59.999999Z",
            "1970-01-01T00:00:00+00:01",
            "2101-01-01T00:00:00Z",
            "2100-12-31T23:59:59-00:01",
            "2026-01-31",
            "",
            "-5000-01-01T00:00:00Z",
            "+12026-01-01T00:00:00Z",
        ];
        for bad in bad {
            assert!(!is_kept(bad), "{bad}");
        }
    }

    #[test]
    fn filters_name_any_year_of_four_digits() {
        for good in ["0001-01-01", "9999-12-31", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2026-01-31"] {
            assert!(is_bound(good), "{good}");
        }
        let bad = [
            "-5000-01-01",
            "0000-12-31",
            "10000-01-01",
            "+2026-01-01",
            "2026-1-1",
            "2026-02-30",
            "0001-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
            "-5000-01-01T00:00:00Z",
            "+10000-01-01T00:00:00Z",
            "yesterday",
            "",
        ];
        for bad in bad {
            assert!(!is_bound(bad), "{bad}");
        }
        let east = |day: NaiveDate| start_in_utc(day) - chrono::TimeDelta::hours(10);
        assert_eq!(bound("from", "0001-01-01", east), Ok(first_instant()));
    }

    #[test]
    fn there_is_no_second_60() {
        for leap in ["2016-12-31T23:59:60Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:60.5+10:00"] {
            assert!(!is_kept(leap) && !is_bound(leap), "{leap}");
        }
        assert!(!is_kept("2026-01-01T00:00:61Z"));
    }

    #[test]
    fn finer_than_microseconds_is_cut_off() {
        let cut = "2026-01-31T09:30:00.123456Z".parse().expect("a time");
        assert_eq!(kept("at", "2026-01-31T09:30:00.1234569Z"), Ok(cut));
        assert_eq!(bound("at", "2026-01-31T09:30:00.123456999Z", start_in_utc), Ok(cut));
        assert!(!is_kept(&format!("2026-01-31T09:30:00.{}Z", "1".repeat(100))));
    }
}
