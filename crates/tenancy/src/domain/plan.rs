use super::text_enum;

text_enum!(
    /// What a workshop has bought.
    Plan {
        /// The smallest.
        Professional => "PROFESSIONAL",
        /// The middle one.
        Performance => "PERFORMANCE",
        /// Without limits.
        Enterprise => "ENTERPRISE",
    }
);

/// What a plan allows; `None` is any number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanLimits {
    /// People who may be active or invited at a time.
    pub seats: Option<u64>,
    /// Requests of its people in a day of UTC.
    pub api_calls_per_day: Option<u64>,
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
