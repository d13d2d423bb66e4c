mod create;
mod message;
mod read;
mod steps;

use kernel::TenantId;

use super::Dependencies;
use crate::domain::{Audience, PublicMessage, TicketView};

/// What a workshop's people do with their tickets. Nothing here answers or counts a note among staff.
#[derive(Debug, Clone)]
pub struct WorkshopTickets {
    deps: Dependencies,
}

/// A ticket with the newest of what was said about it, as its workshop sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkshopTicket {
    /// The ticket.
    pub view: TicketView,
    /// The newest messages, the oldest of them first.
    pub messages: Vec<PublicMessage>,
    /// How many there are that the workshop may see.
    pub message_count: u64,
}

/// Something just said, and the ticket after it.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct WorkshopMessage {
    pub view: TicketView,
    pub message: PublicMessage,
}

impl WorkshopTickets {
    /// The service over these dependencies.
    #[must_use]
    pub fn new(deps: Dependencies) -> Self {
        Self { deps }
    }
}

const fn of(tenant: TenantId) -> Audience {
    Audience::Workshop(tenant)
}
