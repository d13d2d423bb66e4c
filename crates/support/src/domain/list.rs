use chrono::{DateTime, Utc};
use kernel::{AdminId, TenantId};
use serde_json::Value;

use super::{Priority, SearchText, Status};

/// Who looks: this decides which tickets there are, and whether there are any notes among staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Staff: all tickets, all messages.
    Staff,
    /// The people of a workshop: their own tickets, without notes.
    Workshop(TenantId),
}

/// Which tickets to list; all conditions must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TicketFilter {
    /// Only this workshop's.
    pub tenant_id: Option<TenantId>,
    /// Only those that stand here.
    pub status: Option<Status>,
    /// Only those of this priority.
    pub priority: Option<Priority>,
    /// Only those of this member of staff.
    pub assigned_to: Option<AdminId>,
    /// Only those of nobody, or only those of somebody.
    pub unassigned: Option<bool>,
    /// Only those of which a target was missed, or only those of which none was.
    pub breached: Option<bool>,
    /// Only those in whose number, subject, description or messages all words occur.
    pub search: Option<SearchText>,
}

/// What the list can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TicketSort {
    /// When it was opened.
    CreatedAt,
    /// When it was last changed.
    UpdatedAt,
    /// Priority, the least urgent first.
    Priority,
    /// Status, by its word.
    Status,
}

/// The sort value of the row that a page begins after.
#[derive(Debug, Clone, PartialEq)]
pub enum SortKey {
    /// Of a time.
    Time(DateTime<Utc>),
    /// Of a priority: [`Priority::urgency`].
    Number(i16),
    /// Of anything else.
    Text(String),
}

impl SortKey {
    /// How a cursor carries it.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Self::Time(time) => Value::String(time.to_rfc3339()),
            Self::Number(number) => Value::from(*number),
            Self::Text(text) => Value::String(text.clone()),
        }
    }

    fn time(value: &Value) -> Option<Self> {
        let time = DateTime::parse_from_rfc3339(value.as_str()?).ok()?;
        Some(Self::Time(time.with_timezone(&Utc)))
    }

    fn text(value: &Value) -> Option<Self> {
        let text = value.as_str()?;
        // PostgreSQL has no text with U+0000 in it.
        (!text.contains('\0')).then(|| Self::Text(text.to_owned()))
    }
}

impl TicketSort {
    /// Every field, with its name on the wire.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("createdAt", Self::CreatedAt),
        ("updatedAt", Self::UpdatedAt),
        ("priority", Self::Priority),
        ("status", Self::Status),
    ];

    /// Reads a cursor's sort value; `None` when it is of no kind that this order has.
    #[must_use]
    pub fn key(self, value: &Value) -> Option<SortKey> {
        match self {
            Self::CreatedAt | Self::UpdatedAt => SortKey::time(value),
            Self::Priority => value.as_i64().and_then(|number| i16::try_from(number).ok()).map(SortKey::Number),
            Self::Status => SortKey::text(value),
        }
    }
}
