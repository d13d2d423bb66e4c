use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// How much of a limit is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Used.
    pub used: u64,
    /// The plan's; `None` for any number.
    pub limit: Option<u64>,
}

/// Percent of a limit at which the workshop's staff and owners want to know, the lowest first.
const LEVELS: [u32; 2] = [80, 100];

impl Quota {
    /// Whether one more fits in. A workshop may be over its limit: nobody is thrown out, but nobody comes in.
    #[must_use]
    pub fn has_room(self) -> bool {
        self.limit.is_none_or(|limit| self.used < limit)
    }

    /// How much is used, in percent with two decimals; 0 without a limit.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    pub fn percent(self) -> f64 {
        match self.limit {
            None => 0.0,
            Some(0) => 100.0,
            Some(limit) => (self.used as f64 * 10_000.0 / limit as f64).round() / 100.0,
        }
    }

    /// The highest level that is reached: 0, 80 or 100.
    #[must_use]
    pub fn level(self) -> u32 {
        let reached = |level: &u32| self.limit.is_some_and(|limit| self.used * 100 >= limit * u64::from(*level));
        LEVELS.into_iter().rev().find(reached).unwrap_or_default()
    }

    /// The level that is reached now and was not at `before`.
    #[must_use]
    pub fn level_since(self, before: Self) -> Option<u32> {
        (self.level() > before.level()).then(|| self.level())
    }
}

/// What plans limit.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum QuotaMetric {
    /// People who are active or invited.
    Users,
    /// Requests in a day.
    ApiCalls,
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(Some(5), 4, true, 80)]
    #[case(Some(5), 5, false, 100)]
    #[case(Some(5), 12, false, 100)]
    #[case(Some(20), 15, true, 0)]
    #[case(Some(20), 19, true, 80)]
    #[case(None, 1_000_000, true, 0)]
    fn a_limit_has_so_much_room(#[case] limit: Option<u64>, #[case] used: u64, #[case] room: bool, #[case] level: u32) {
        let quota = Quota { used, limit };
        assert_eq!((quota.has_room(), quota.level()), (room, level));
    }

    #[test]
    fn a_level_is_told_when_it_is_reached() {
        let quota = |used| Quota { used, limit: Some(10) };
        assert_eq!(quota(8).level_since(quota(7)), Some(80));
        assert_eq!(quota(9).level_since(quota(8)), None);
        assert_eq!(quota(10).level_since(quota(7)), Some(100));
        assert_eq!(quota(7).level_since(quota(8)), None);
        assert!((quota(3).percent() - 30.0).abs() < f64::EPSILON);
        assert!((Quota { used: 1, limit: Some(3) }.percent() - 33.33).abs() < f64::EPSILON);
    }
}
