use chrono::{DateTime, Utc};

/// Seconds in a quarter of an hour, the finest rollup: every zone's offset from UTC is a multiple of it.
const QUARTER: i64 = 15 * 60;

/// How much time a rollup sums up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Width {
    /// A quarter of an hour.
    Quarter,
    /// An hour of UTC.
    Hour,
    /// A quarter of a day of UTC.
    SixHours,
    /// A day of UTC.
    Day,
}

impl Width {
    /// All, the finest first.
    pub const ALL: [Self; 4] = [Self::Quarter, Self::Hour, Self::SixHours, Self::Day];

    /// In quarters of an hour.
    #[must_use]
    pub const fn quarters(self) -> i64 {
        match self {
            Self::Quarter => 1,
            Self::Hour => 4,
            Self::SixHours => 24,
            Self::Day => 96,
        }
    }

    /// The quarter of an hour, counted from 1970, with which the rollup of an instant begins.
    #[must_use]
    pub const fn quarter_of(self, instant: DateTime<Utc>) -> i64 {
        self.floor(instant.timestamp().div_euclid(QUARTER))
    }

    const fn floor(self, quarter: i64) -> i64 {
        quarter - quarter.rem_euclid(self.quarters())
    }

    const fn ceil(self, quarter: i64) -> i64 {
        self.floor(quarter + self.quarters() - 1)
    }

    const fn wider(self) -> Option<Self> {
        match self {
            Self::Quarter => Some(Self::Hour),
            Self::Hour => Some(Self::SixHours),
            Self::SixHours => Some(Self::Day),
            Self::Day => None,
        }
    }
}

/// Rollups side by side: those of one width that begin within `[from, to)`, in quarters of an hour since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Of this width.
    pub width: Width,
    /// The first one begins here.
    pub from: i64,
    /// None begins here or later.
    pub to: i64,
}

/// The widest rollups that together make up a stretch of time, and what is left at its ends, for which points are
/// summed up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cover {
    /// Rollups, from the first to the last.
    pub spans: Vec<Span>,
    /// Less than a quarter of an hour each, half-open: at most two.
    pub edges: Vec<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Cover {
    /// Of `[from, to)`. Before `raw_since` there are no points any more: edges there stay uncovered.
    #[must_use]
    pub fn new(from: DateTime<Utc>, to: DateTime<Utc>, raw_since: DateTime<Utc>) -> Self {
        let mut cover = Self::default();
        let (first, last) = (quarter_from(from), Width::Quarter.quarter_of(to));
        if first > last {
            cover.edge(from, to, raw_since);
            return cover;
        }
        cover.edge(from, start_of(first), raw_since);
        cover.fill(first, last, Width::Quarter);
        cover.edge(start_of(last), to, raw_since);
        cover
    }

    /// Of the quarters of an hour that `[from, to)` touches, whole: no points are summed up for it.
    #[must_use]
    pub fn touched(from: DateTime<Utc>, to: DateTime<Utc>) -> Self {
        let mut cover = Self::default();
        cover.fill(Width::Quarter.quarter_of(from), quarter_from(to), Width::Quarter);
        cover
    }

    fn edge(&mut self, from: DateTime<Utc>, to: DateTime<Utc>, raw_since: DateTime<Utc>) {
        if from < to && raw_since < to {
            self.edges.push((from, to));
        }
    }

    /// Wider ones in the middle, where they fit, and this width before and after.
    fn fill(&mut self, from: i64, to: i64, width: Width) {
        let inner = width.wider().map(|wider| (wider, wider.ceil(from), wider.floor(to)));
        match inner.filter(|(_, first, last)| first < last) {
            Some((wider, first, last)) => {
                self.span(width, from, first);
                self.fill(first, last, wider);
                self.span(width, last, to);
            }
            None => self.span(width, from, to),
        }
    }

    fn span(&mut self, width: Width, from: i64, to: i64) {
        if from < to {
            self.spans.push(Span { width, from, to });
        }
    }
}

/// The first quarter of an hour that begins at the instant or after it.
fn quarter_from(instant: DateTime<Utc>) -> i64 {
    let quarter = Width::Quarter.quarter_of(instant);
    if start_of(quarter) == instant { quarter } else { quarter + 1 }
}

fn start_of(quarter: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(quarter.saturating_mul(QUARTER), 0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn cover(from: &str, to: &str) -> Cover {
        Cover::new(at(from), at(to), DateTime::UNIX_EPOCH)
    }

    /// Widths and numbers of the rollups.
    fn rollups(cover: &Cover) -> Vec<(Width, i64)> {
        cover.spans.iter().map(|span| (span.width, (span.to - span.from) / span.width.quarters())).collect()
    }

    #[test]
    fn as_wide_as_fits() {
        use Width::{Day, Hour, Quarter, SixHours};
        let month = cover("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
        assert_eq!((rollups(&month), month.edges.len()), (vec![(Day, 31)], 0));
        // Days of Sydney and of Adelaide.
        assert_eq!(
            rollups(&cover("2026-07-14T14:00:00Z", "2026-07-15T14:00:00Z")),
            [(Hour, 4), (SixHours, 3), (Hour, 2)]
        );
        let adelaide = cover("2026-07-14T14:30:00Z", "2026-07-15T14:30:00Z");
        assert_eq!(rollups(&adelaide), [(Quarter, 2), (Hour, 3), (SixHours, 3), (Hour, 2), (Quarter, 2)]);
        // A week of Sydney.
        let week = cover("2026-07-12T14:00:00Z", "2026-07-19T14:00:00Z");
        assert_eq!(rollups(&week), [(Hour, 4), (SixHours, 1), (Day, 6), (SixHours, 2), (Hour, 2)]);
        let any = cover("2026-07-12T14:07:00Z", "2026-07-14T00:16:00Z");
        assert_eq!(rollups(&any), [(Quarter, 3), (Hour, 3), (SixHours, 1), (Day, 1), (Quarter, 1)]);
        let left = |from, to| (at(from), at(to));
        let before = left("2026-07-12T14:07:00Z", "2026-07-12T14:15:00Z");
        assert_eq!(any.edges, [before, left("2026-07-14T00:15:00Z", "2026-07-14T00:16:00Z")]);
    }

    #[test]
    fn within_a_quarter_of_an_hour_there_are_points_only() {
        let short = cover("2026-07-12T14:01:00Z", "2026-07-12T14:02:00Z");
        assert_eq!((short.spans.len(), short.edges.len()), (0, 1));
        assert_eq!(cover("2026-07-12T14:01:00Z", "2026-07-12T14:01:00Z"), Cover::default());
        let cut = cover("2026-07-12T14:14:59.999999Z", "2026-07-12T14:15:00.000001Z");
        assert_eq!((cut.spans.len(), cut.edges.len()), (0, 2));
    }

    #[test]
    fn touched_quarters_count_as_a_whole() {
        let touched = |from, to| Cover::touched(at(from), at(to));
        let whole = cover("2026-07-12T14:00:00Z", "2026-07-14T00:30:00Z");
        assert_eq!(touched("2026-07-12T14:07:00Z", "2026-07-14T00:16:00Z"), whole);
        assert_eq!(touched("2026-07-12T14:00:00Z", "2026-07-14T00:30:00Z"), whole);
        assert_eq!(touched("2026-07-12T14:00:00Z", "2026-07-12T14:00:00Z"), Cover::default());
    }

    #[test]
    fn points_that_are_gone_are_not_asked_for() {
        let (from, to) = (at("2026-07-12T14:01:00Z"), at("2026-07-13T14:01:00Z"));
        let gone = Cover::new(from, to, at("2026-07-13T00:00:00Z"));
        assert_eq!(gone.edges, [(at("2026-07-13T14:00:00Z"), to)]);
        assert_eq!(gone.spans, cover("2026-07-12T14:01:00Z", "2026-07-13T14:01:00Z").spans);
    }

    proptest! {
        /// Every instant of the stretch is in exactly one piece, and no other is in any.
        #[test]
        fn nothing_is_missed_or_counted_twice(from in 0_i64..400_000, length in 1_i64..400_000, shift in 0_i64..900_000_000) {
            let from = DateTime::UNIX_EPOCH + TimeDelta::seconds(from) + TimeDelta::microseconds(shift % 3);
            let to = from + TimeDelta::seconds(length) + TimeDelta::microseconds(shift % 2);
            let cover = Cover::new(from, to, DateTime::UNIX_EPOCH);
            let spans = cover.spans.iter().map(|span| (start_of(span.from), start_of(span.to)));
            let mut pieces: Vec<_> = spans.chain(cover.edges.iter().copied()).collect();
            pieces.sort_unstable();
            prop_assert!(pieces.windows(2).all(|two| two[0].1 == two[1].0), "{:?}", pieces);
            prop_assert_eq!(pieces.first().map(|piece| piece.0), Some(from));
            prop_assert_eq!(pieces.last().map(|piece| piece.1), Some(to));
            for span in &cover.spans {
                prop_assert_eq!((span.width.floor(span.from), span.width.floor(span.to)), (span.from, span.to));
            }
        }
    }
}
