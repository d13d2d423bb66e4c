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

/// A ticket with what was said about it, as its workshop sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkshopTicket {
    /// The ticket.
    pub view: TicketView,
    /// What was said, the oldest first.
    pub messages: Vec<PublicMessage>,
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
