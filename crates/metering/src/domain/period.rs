use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};

use super::Zone;

/// What usage is summed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calendar {
    /// Midnight to midnight.
    Day,
    /// ISO weeks: from Monday on.
    Week,
    /// From the first on.
    Month,
}

/// A day, week or month as instants, half-open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its first instant.
    pub start: DateTime<Utc>,
    /// The first instant after it.
    pub end: DateTime<Utc>,
}

impl Calendar {
    /// The first day of the period that a day is in.
    fn first_day(self, day: NaiveDate) -> NaiveDate {
        let back = match self {
            Self::Day => 0,
            Self::Week => day.weekday().num_days_from_monday(),
            Self::Month => day.day0(),
        };
        day.checked_sub_days(Days::new(back.into())).unwrap_or(day)
    }

    /// The first day of the next period.
    fn next(self, first: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => first.checked_add_days(Days::new(1)),
            Self::Week => first.checked_add_days(Days::new(7)),
            Self::Month => first.checked_add_months(Months::new(1)),
        }
    }

    /// The periods that `[from, to)` touches, in their order. None is empty.
    pub fn periods(self, zone: Zone, from: DateTime<Utc>, to: DateTime<Utc>) -> impl Iterator<Item = Period> {
        let first = self.first_day(zone.day_of(from));
        std::iter::successors(Some(first), move |first| self.next(*first))
            .map_while(move |first| Some(Period { start: zone.start_of(first), end: zone.start_of(self.next(first)?) }))
            .take_while(move |period| period.start < to)
            .filter(move |period| period.start < period.end && from < period.end)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn periods(calendar: Calendar, zone: &str, from: &str, to: &str) -> Vec<Period> {
        let zone = Zone::parse("timezone", zone).expect("a zone");
        let periods: Vec<_> = calendar.periods(zone, at(from), at(to)).collect();
        assert!(periods.windows(2).all(|two| two[0].end == two[1].start), "no gap: {periods:?}");
        periods
    }

    #[rstest]
    // Sydney's clocks go forward on 4 October 2026 and back on 5 April.
    #[case("Australia/Sydney", "2026-10-03T14:00:00Z", 23)]
    #[case("Australia/Sydney", "2026-04-04T13:00:00Z", 25)]
    #[case("Australia/Adelaide", "2026-10-03T14:30:00Z", 23)]
    #[case("Australia/Brisbane", "2026-10-03T14:00:00Z", 24)]
    fn days_are_as_long_as_clocks_make_them(#[case] zone: &str, #[case] start: &str, #[case] hours: i64) {
        let day = periods(Calendar::Day, zone, start, "2026-12-31T00:00:00Z")[0];
        assert_eq!((day.start, (day.end - day.start).num_hours()), (at(start), hours));
    }

    #[test]
    fn weeks_are_those_of_iso_8601() {
        // 1 January 2027 is a Friday of week 53 of 2026; 1 January 2026 a Thursday of week 1.
        let week = |day: &str| periods(Calendar::Week, "UTC", day, &day.replace("T00:00:00", "T00:00:01"));
        let expected = Period { start: at("2026-12-28T00:00:00Z"), end: at("2027-01-04T00:00:00Z") };
        assert_eq!(week("2027-01-01T00:00:00Z"), [expected]);
        assert_eq!(week("2026-12-31T00:00:00Z"), [expected]);
        assert_eq!(week("2026-01-01T00:00:00Z")[0].start, at("2025-12-29T00:00:00Z"));
        assert_eq!(week("2027-01-04T00:00:00Z")[0].start, at("2027-01-04T00:00:00Z"));
    }

    #[test]
    fn a_range_touches_its_first_and_last_period() {
        let days = periods(Calendar::Day, "UTC", "2026-01-01T12:00:00Z", "2026-01-03T00:00:00.000001Z");
        assert_eq!(days.iter().map(|day| day.start.day()).collect::<Vec<_>>(), [1, 2, 3]);
        let days = periods(Calendar::Day, "UTC", "2026-01-01T12:00:00Z", "2026-01-03T00:00:00Z");
        assert_eq!(days.len(), 2, "half-open");
        let months = periods(Calendar::Month, "Australia/Sydney", "2026-01-31T13:00:00Z", "2026-04-30T14:00:00Z");
        assert_eq!(months.len(), 3);
        assert_eq!((months[0].start, months[0].end), (at("2026-01-31T13:00:00Z"), at("2026-02-28T13:00:00Z")));
        assert_eq!(months[2].end, at("2026-04-30T14:00:00Z"), "daylight saving has ended meanwhile");
    }

    #[test]
    fn a_day_that_never_was_is_left_out() {
        let days = periods(Calendar::Day, "Pacific/Apia", "2011-12-29T12:00:00Z", "2012-01-01T00:00:00Z");
        let zone = Zone::parse("timezone", "Pacific/Apia").expect("a zone");
        let days: Vec<_> = days.iter().map(|day| zone.day_of(day.start).to_string()).collect();
        assert_eq!(days, ["2011-12-29", "2011-12-31", "2012-01-01"]);
    }
}
