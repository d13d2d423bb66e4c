//! What this crate announces of tickets: that something was said, never what.

use chrono::{DateTime, Utc};
use kernel::{
    AdminId,
    outbox::{About, DomainEvent},
};
use serde::{Deserialize, Serialize};

use crate::domain::{MessageId, Priority, SlaTarget, Status, TicketId};

/// Events of tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub enum SupportEvent {
    /// A ticket was opened.
    #[serde(rename = "ticket.created.v1")]
    TicketCreated { ticket_number: String, priority: Priority, category: Option<String>, created_by_type: PartyType },
    /// Fields of a ticket changed.
    #[serde(rename = "ticket.updated.v1")]
    TicketUpdated { ticket_number: String, fields: Vec<String> },
    /// Somebody said something that the tenant may read.
    #[serde(rename = "ticket.message_added.v1")]
    MessageAdded { ticket_number: String, message_id: MessageId, author_type: PartyType },
    /// Staff noted something among themselves.
    #[serde(rename = "ticket.note_added.v1")]
    NoteAdded { ticket_number: String, message_id: MessageId },
    /// A ticket is somebody else's now, or nobody's.
    #[serde(rename = "ticket.assigned.v1")]
    TicketAssigned {
        ticket_number: String,
        from: Option<AdminId>,
        to: Option<AdminId>,
        assigned_by_id: Option<AdminId>,
    },
    /// A ticket moved.
    #[serde(rename = "ticket.status_changed.v1")]
    StatusChanged { ticket_number: String, from: Status, to: Status },
    /// A target was missed; announced once.
    #[serde(rename = "ticket.sla_breached.v1")]
    SlaBreached {
        ticket_number: String,
        priority: Priority,
        target: SlaTarget,
        due_at: DateTime<Utc>,
        assigned_to_id: Option<AdminId>,
    },
    /// A ticket goes on in another.
    #[serde(rename = "ticket.merged.v1")]
    TicketMerged { ticket_number: String, into_ticket_id: TicketId, into_ticket_number: String },
}

impl DomainEvent for SupportEvent {
    fn about(&self) -> About {
        match self {
            Self::NoteAdded { .. } | Self::SlaBreached { .. } => About::staff("ticket", "support:read"),
            Self::TicketCreated { .. }
            | Self::TicketUpdated { .. }
            | Self::MessageAdded { .. }
            | Self::TicketAssigned { .. }
            | Self::StatusChanged { .. }
            | Self::TicketMerged { .. } => About::tenant("ticket", "tickets:read"),
        }
    }
}

/// What kind of party opened a ticket or said something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the names say it")]
pub enum PartyType {
    TenantUser,
    /// Whoever has an address.
    Email,
    Admin,
    System,
}

impl PartyType {
    /// Of the word that the domain has for it.
    pub(crate) fn of(word: &str) -> Self {
        match word {
            "TENANT_USER" => Self::TenantUser,
            "EMAIL" => Self::Email,
            "ADMIN" => Self::Admin,
            _ => Self::System,
        }
    }
}
