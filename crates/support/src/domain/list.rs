use kernel::{AdminId, TenantId, page::KeyType};

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

impl TicketSort {
    /// Every field, with its name on the wire.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("createdAt", Self::CreatedAt),
        ("updatedAt", Self::UpdatedAt),
        ("priority", Self::Priority),
        ("status", Self::Status),
    ];

    /// The type of the field's values.
    #[must_use]
    pub fn key_type(self) -> KeyType {
        match self {
            Self::CreatedAt | Self::UpdatedAt => KeyType::Time,
            Self::Priority => KeyType::Number,
            Self::Status => KeyType::Text,
        }
    }
}
