use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// How soon a ticket must be dealt with.
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
pub enum Priority {
    /// Whenever there is time.
    Low,
    /// As usual.
    Medium,
    /// Somebody cannot work as they should.
    High,
    /// Somebody cannot work at all.
    Urgent,
}

/// How long things may take, counted while the clock runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceLevel {
    /// Until the first public answer of staff.
    pub first_response: TimeDelta,
    /// Until the ticket is resolved or closed.
    pub resolution: TimeDelta,
}

impl Priority {
    /// When nothing else is asked for.
    pub const DEFAULT: Self = Self::Medium;

    /// What is promised.
    ///
    /// | priority | first response | resolution |
    /// | --- | --- | --- |
    /// | URGENT | 1 h | 4 h |
    /// | HIGH | 4 h | 24 h |
    /// | MEDIUM | 8 h | 72 h |
    /// | LOW | 24 h | 168 h |
    #[must_use]
    pub const fn service_level(self) -> ServiceLevel {
        let (first_response, resolution) = match self {
            Self::Urgent => (1, 4),
            Self::High => (4, 24),
            Self::Medium => (8, 72),
            Self::Low => (24, 168),
        };
        ServiceLevel { first_response: TimeDelta::hours(first_response), resolution: TimeDelta::hours(resolution) }
    }

    /// A number to sort by: the more urgent, the larger.
    #[must_use]
    pub const fn urgency(self) -> i16 {
        match self {
            Self::Low => 0,
            Self::Medium => 1,
            Self::High => 2,
            Self::Urgent => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::input::Word as _;

    #[test]
    fn the_service_levels() {
        let hours =
            |it: Priority| (it.service_level().first_response.num_hours(), it.service_level().resolution.num_hours());
        let table: Vec<_> = Priority::ALL.iter().map(|it| (it.as_str(), hours(*it))).collect();
        assert_eq!(table, [("LOW", (24, 168)), ("MEDIUM", (8, 72)), ("HIGH", (4, 24)), ("URGENT", (1, 4))]);
    }

    #[test]
    fn urgency_sorts_as_the_priorities_do() {
        assert!(Priority::ALL.is_sorted_by_key(|it| it.urgency()) && Priority::ALL.is_sorted());
    }
}
