mod create;
mod message;
mod read;
mod steps;

use kernel::TenantId;

use super::Ports;
use crate::domain::{Audience, PublicMessage, TicketView};

/// What a workshop's people do with their tickets. Nothing here answers or counts a note among staff.
#[derive(Debug, Clone)]
pub struct WorkshopTickets {
    ports: Ports,
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
pub struct WorkshopMessage {
    /// The ticket.
    pub view: TicketView,
    /// What was said.
    pub message: PublicMessage,
}

impl WorkshopTickets {
    /// The service over these ports.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }
}

const fn of(tenant: TenantId) -> Audience {
    Audience::Workshop(tenant)
}
