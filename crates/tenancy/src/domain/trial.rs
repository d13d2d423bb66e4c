use chrono::{DateTime, TimeDelta, Utc};
use kernel::TenantId;

/// Days before a trial's end at which its owners are warned, the last first.
pub const TRIAL_WARNINGS: [u32; 3] = [1, 3, 7];

/// A running trial that ends soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct EndingTrial {
    pub tenant_id: TenantId,
    pub ends_at: DateTime<Utc>,
}

/// A warning that is due: for trials that end after `after` and not after `until`. The spans of the warnings do not
/// overlap, so a system that was away for days gives only the one that still makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrialWarning {
    /// Which: one of [`TRIAL_WARNINGS`].
    pub days: u32,
    /// Begin of the span.
    pub after: DateTime<Utc>,
    /// End of the span.
    pub until: DateTime<Utc>,
}

impl TrialWarning {
    /// The warnings and what they are for, as of `now`.
    pub fn all(now: DateTime<Utc>) -> impl Iterator<Item = Self> {
        let later = move |days: u32| now + TimeDelta::days(i64::from(days));
        let starts = std::iter::once(0).chain(TRIAL_WARNINGS);
        starts.zip(TRIAL_WARNINGS).map(move |(from, days)| Self { days, after: later(from), until: later(days) })
    }
}

/// Days that are left, a begun one counted whole; at least 1.
#[must_use]
pub fn days_left(now: DateTime<Utc>, ends_at: DateTime<Utc>) -> u32 {
    let seconds = (ends_at - now).num_seconds().max(1);
    u32::try_from((seconds + 86_399) / 86_400).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn the_spans_meet_and_do_not_overlap() {
        let now = at("2026-03-01T12:00:00Z");
        let spans: Vec<_> = TrialWarning::all(now).map(|it| (it.days, it.after, it.until)).collect();
        let (tomorrow, third, eighth) =
            (at("2026-03-02T12:00:00Z"), at("2026-03-04T12:00:00Z"), at("2026-03-08T12:00:00Z"));
        assert_eq!(spans, [(1, now, tomorrow), (3, tomorrow, third), (7, third, eighth)]);
    }

    #[test]
    fn a_begun_day_counts() {
        let now = at("2026-03-01T12:00:00Z");
        assert_eq!(days_left(now, at("2026-03-04T12:00:00Z")), 3);
        assert_eq!(days_left(now, at("2026-03-04T12:00:01Z")), 4);
        assert_eq!(days_left(now, at("2026-03-01T12:00:01Z")), 1);
        assert_eq!(days_left(now, at("2026-02-01T00:00:00Z")), 1);
    }
}
