use chrono::{DateTime, Utc};
use kernel::{TenantId, page::KeyType};

use super::{Author, Body, TicketId};

/// Most messages of a ticket, notes among staff included.
pub const MAX_MESSAGES: u32 = 5_000;

kernel::typed_id!(
    /// A message of a ticket.
    MessageId
);

/// Something said about a ticket, as staff see it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Message {
    pub id: MessageId,
    pub ticket_id: TicketId,
    pub tenant_id: TenantId,
    pub author: Author,
    pub body: Body,
    /// A note among staff: the workshop never gets to know that it is there.
    pub internal: bool,
    /// The ticket that it was said about, if that one was merged into this.
    pub merged_from: Option<TicketId>,
    pub created_at: DateTime<Utc>,
}

/// Something said about a ticket, as its workshop sees it. There is no such thing of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct PublicMessage {
    pub id: MessageId,
    pub author: Author,
    pub body: Body,
    pub created_at: DateTime<Utc>,
}

impl Message {
    /// The message for the workshop; `None` for a note.
    #[must_use]
    pub fn into_public(self) -> Option<PublicMessage> {
        let Self { id, author, body, internal, created_at, .. } = self;
        (!internal).then_some(PublicMessage { id, author, body, created_at })
    }
}

/// What a ticket's messages can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageSort {
    /// When it was said.
    CreatedAt,
}

impl MessageSort {
    /// Every field, with its name on the wire.
    pub const ALL: &'static [(&'static str, Self)] = &[("createdAt", Self::CreatedAt)];

    /// The type of the field's values.
    #[must_use]
    pub fn key_type(self) -> KeyType {
        match self {
            Self::CreatedAt => KeyType::Time,
        }
    }
}
