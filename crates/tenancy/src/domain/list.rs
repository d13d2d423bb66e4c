use kernel::{TenantRole, page::KeyType};

use super::{Plan, TenantStatus};

/// Which workshops to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TenantFilter {
    /// Only those that stand so.
    pub status: Option<TenantStatus>,
    /// Only those with this plan.
    pub plan: Option<Plan>,
    /// Only those whose name or subdomain contains this text, both [folded](kernel::fold).
    pub search: Option<String>,
    /// Deleted ones too.
    pub include_deleted: bool,
}

/// What the list of workshops can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TenantSort {
    /// Time of creation.
    CreatedAt,
    /// Name, whatever the case.
    Name,
    /// Subdomain.
    Subdomain,
    /// Status, by its word.
    Status,
    /// Plan, by its word.
    Plan,
}

/// Which people of a workshop to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonFilter {
    /// Only those with this role.
    pub role: Option<TenantRole>,
    /// Only active or only deactivated ones.
    pub is_active: Option<bool>,
    /// Only those whose name (in either order) or address contains this text, both [folded](kernel::fold).
    pub search: Option<String>,
}

/// What the list of people can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PersonSort {
    /// Time of being added.
    CreatedAt,
    /// Address.
    Email,
    /// Last name.
    LastName,
    /// Role, by its word.
    Role,
}

impl TenantSort {
    /// Every field, with its name on the wire.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("createdAt", Self::CreatedAt),
        ("name", Self::Name),
        ("subdomain", Self::Subdomain),
        ("status", Self::Status),
        ("plan", Self::Plan),
    ];

    /// The type of the field's values.
    #[must_use]
    pub fn key_type(self) -> KeyType {
        match self {
            Self::CreatedAt => KeyType::Time,
            Self::Name | Self::Subdomain | Self::Status | Self::Plan => KeyType::Text,
        }
    }
}

impl PersonSort {
    /// Every field, with its name on the wire.
    pub const ALL: &'static [(&'static str, Self)] =
        &[("createdAt", Self::CreatedAt), ("email", Self::Email), ("lastName", Self::LastName), ("role", Self::Role)];

    /// The type of the field's values.
    #[must_use]
    pub fn key_type(self) -> KeyType {
        match self {
            Self::CreatedAt => KeyType::Time,
            Self::Email | Self::LastName | Self::Role => KeyType::Text,
        }
    }
}
