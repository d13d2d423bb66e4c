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

impl Plan {
    /// How many people may be active or invited at a time; `None` for any number.
    #[must_use]
    pub const fn seats(self) -> Option<u64> {
        match self {
            Self::Professional => Some(5),
            Self::Performance => Some(20),
            Self::Enterprise => None,
        }
    }
}
