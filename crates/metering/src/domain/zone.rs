use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};
use kernel::{FieldCode, FieldError};

/// A time zone of the IANA database, which says when a day begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(Tz);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(Tz::UTC);

    /// Reads a name such as `Australia/Sydney`.
    ///
    /// # Errors
    /// `INVALID`, naming `field`.
    pub fn parse(field: &'static str, name: &str) -> Result<Self, FieldError> {
        let message = "must be the name of a time zone such as Australia/Sydney";
        name.parse().map(Self).map_err(|_| FieldError::new(field, FieldCode::Invalid, message))
    }

    /// The zone's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The day that an instant falls on.
    #[must_use]
    pub fn day_of(self, instant: DateTime<Utc>) -> NaiveDate {
        instant.with_timezone(&self.0).date_naive()
    }

    /// The first instant of a day. Where clocks jump over midnight that is the end of the jump; where they strike it twice, the
    /// first stroke.
    #[must_use]
    pub fn start_of(self, day: NaiveDate) -> DateTime<Utc> {
        let midnight = day.and_time(NaiveTime::MIN);
        let start = self.0.from_local_datetime(&midnight).earliest();
        let start = start.or_else(|| GapInfo::new(&midnight, &self.0).and_then(|gap| gap.end));
        start.map_or_else(|| midnight.and_utc(), |start| start.to_utc())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("UTC", "2026-02-01", "2026-02-01T00:00:00Z")]
    #[case("Australia/Sydney", "2026-01-15", "2026-01-14T13:00:00Z")]
    #[case("Australia/Sydney", "2026-07-15", "2026-07-14T14:00:00Z")]
    #[case("Australia/Darwin", "2026-07-15", "2026-07-14T14:30:00Z")]
    #[case("Australia/Eucla", "2026-07-15", "2026-07-14T15:15:00Z")]
    #[case("Asia/Kathmandu", "2026-07-15", "2026-07-14T18:15:00Z")]
    // Clocks go from 24:00 to 01:00.
    #[case("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z")]
    // Clocks go from 01:00 back to 00:00: midnight comes twice.
    #[case("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z")]
    // A day that never was begins when the next one does.
    #[case("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z")]
    #[case("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z")]
    fn days_begin_when_clocks_say_so(#[case] zone: &str, #[case] day: NaiveDate, #[case] start: DateTime<Utc>) {
        let zone = Zone::parse("timezone", zone).expect("a zone");
        assert_eq!(zone.start_of(day), start);
        assert!(zone.day_of(start) >= day);
        assert!(zone.day_of(start - chrono::TimeDelta::microseconds(1)) < day);
    }

    #[test]
    fn unknown_zones_are_refused() {
        for name in ["", "Sydney", "Australia/sydney", "+10:00", "Australia/Sydney\0"] {
            assert_eq!(Zone::parse("timezone", name).expect_err(name).field, "timezone");
        }
        assert_eq!(Zone::parse("timezone", "Australia/Perth").expect("known").name(), "Australia/Perth");
    }
}
