use chrono::{DateTime, Utc};
use kernel::TenantRole;
use serde_json::Value;

use super::{Plan, TenantStatus};

/// Which workshops to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TenantFilter {
    /// Only those that stand so.
    pub status: Option<TenantStatus>,
    /// Only those with this plan.
    pub plan: Option<Plan>,
    /// Only those whose name or subdomain contains this text, whatever the case.
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
    /// Only those whose name or address contains this text, whatever the case of its ASCII letters.
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

/// The sort value of the row that a page begins after.
#[derive(Debug, Clone, PartialEq)]
pub enum SortKey {
    /// Of a time.
    Time(DateTime<Utc>),
    /// Of anything else.
    Text(String),
}

impl SortKey {
    /// How a cursor carries it.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Self::Time(time) => Value::String(time.to_rfc3339()),
            Self::Text(text) => Value::String(text.clone()),
        }
    }

    pub(super) fn time(value: &Value) -> Option<Self> {
        let time = DateTime::parse_from_rfc3339(value.as_str()?).ok()?;
        Some(Self::Time(time.with_timezone(&Utc)))
    }

    fn text(value: &Value) -> Option<Self> {
        let text = value.as_str()?;
        // PostgreSQL has no text with U+0000 in it.
        (!text.contains('\0')).then(|| Self::Text(text.to_owned()))
    }
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

    /// Reads a cursor's sort value; `None` when it is of no kind that this order has.
    #[must_use]
    pub fn key(self, value: &Value) -> Option<SortKey> {
        match self {
            Self::CreatedAt => SortKey::time(value),
            Self::Name | Self::Subdomain | Self::Status | Self::Plan => SortKey::text(value),
        }
    }
}

impl PersonSort {
    /// Every field, with its name on the wire.
    pub const ALL: &'static [(&'static str, Self)] =
        &[("createdAt", Self::CreatedAt), ("email", Self::Email), ("lastName", Self::LastName), ("role", Self::Role)];

    /// Reads a cursor's sort value; `None` when it is of no kind that this order has.
    #[must_use]
    pub fn key(self, value: &Value) -> Option<SortKey> {
        match self {
            Self::CreatedAt => SortKey::time(value),
            Self::Email | Self::LastName | Self::Role => SortKey::text(value),
        }
    }
}
