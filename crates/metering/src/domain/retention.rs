use chrono::{DateTime, Datelike, Months, NaiveTime, Utc};

/// How long points are kept, in whole months of UTC beside the running one. Rollups are kept for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawRetention {
    months: u32,
}

impl Default for RawRetention {
    /// 13 months: a year can be compared with the one before, point by point.
    fn default() -> Self {
        Self { months: 13 }
    }
}

impl RawRetention {
    /// So many months, at least 3: points may be recorded 35 days late.
    #[must_use]
    pub fn months(months: u32) -> Self {
        Self { months: months.max(3) }
    }

    /// The first instant whose points are kept.
    #[must_use]
    pub fn since(self, now: DateTime<Utc>) -> DateTime<Utc> {
        let first = now.date_naive().with_day(1).and_then(|day| day.checked_sub_months(Months::new(self.months)));
        first.map_or(DateTime::UNIX_EPOCH, |day| day.and_time(NaiveTime::MIN).and_utc())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_months_are_kept() {
        let since = |retention: RawRetention, now: &str| retention.since(now.parse().expect("a time")).to_rfc3339();
        assert_eq!(since(RawRetention::default(), "2026-01-15T10:00:00Z"), "2024-12-01T00:00:00+00:00");
        assert_eq!(since(RawRetention::months(3), "2026-05-31T23:59:59Z"), "2026-02-01T00:00:00+00:00");
        assert_eq!(RawRetention::months(0), RawRetention::months(3));
    }
}
