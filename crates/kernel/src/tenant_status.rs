use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// Where a workshop stands.
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
pub enum TenantStatus {
    /// Works.
    Active,
    /// Stopped by staff: nobody signs in.
    Suspended,
    /// Left; set together with the deletion.
    Cancelled,
    /// The trial is over: people may look, not write.
    TrialExpired,
}

impl TenantStatus {
    /// Whether its people may sign in.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::Active | Self::TrialExpired => true,
            Self::Suspended | Self::Cancelled => false,
        }
    }
}
