use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, ParseError, VariantArray};

use crate::Audience;

/// What a member of NextCRM's staff is; the permissions that follow are in crates/auth.
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
pub enum AdminRole {
    /// Everything.
    SuperAdmin,
    /// Runs the business day by day.
    Admin,
    /// Integrations and diagnosis.
    Developer,
    /// Answers tickets.
    Support,
    /// Numbers only.
    Marketing,
    /// Subscriptions and numbers.
    Finance,
    /// Workshops and numbers.
    Sales,
}

impl AdminRole {
    /// Every role, in the order of the permission table.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The name on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What a person is in their workshop.
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
pub enum TenantRole {
    /// Owns the account; there is always at least one active.
    Owner,
    /// Manages everything but owners.
    Admin,
    /// Works with parts and tickets.
    User,
    /// Looks only.
    Viewer,
}

impl TenantRole {
    /// Every role, in the order of the permission table.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The name on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A role of either audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Of a member of staff.
    Admin(AdminRole),
    /// Of a workshop's person.
    Tenant(TenantRole),
}

impl Role {
    /// The name on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin(role) => role.as_str(),
            Self::Tenant(role) => role.as_str(),
        }
    }

    /// Reads the name of a role of this audience.
    ///
    /// # Errors
    /// [`ParseError`].
    pub fn parse(audience: Audience, text: &str) -> Result<Self, ParseError> {
        match audience {
            Audience::Admin => text.parse().map(Self::Admin),
            Audience::Tenant => text.parse().map(Self::Tenant),
        }
    }
}

impl From<AdminRole> for Role {
    fn from(role: AdminRole) -> Self {
        Self::Admin(role)
    }
}

impl From<TenantRole> for Role {
    fn from(role: TenantRole) -> Self {
        Self::Tenant(role)
    }
}
