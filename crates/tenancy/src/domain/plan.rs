use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// What a workshop has bought.
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
pub enum Plan {
    /// The smallest.
    Professional,
    /// The middle one.
    Performance,
    /// Without limits.
    Enterprise,
}

/// What a plan allows; `None` is any number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanLimits {
    /// People who may be active or invited at a time.
    pub seats: Option<u64>,
    /// Requests of its people in a day of UTC.
    pub api_calls_per_day: Option<u64>,
}

/// The seats of a workshop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seats {
    /// The workshop's plan, which has so many.
    pub plan: Plan,
    /// People who are active or invited.
    pub used: u64,
}

impl Plan {
    /// The one table of what plans allow.
    #[must_use]
    pub const fn limits(self) -> PlanLimits {
        let (seats, api_calls_per_day) = match self {
            Self::Professional => (Some(5), Some(10_000)),
            Self::Performance => (Some(20), Some(100_000)),
            Self::Enterprise => (None, None),
        };
        PlanLimits { seats, api_calls_per_day }
    }
}
