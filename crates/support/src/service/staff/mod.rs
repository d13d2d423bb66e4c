mod assign;
mod create;
mod merge;
mod message;
mod read;
mod update;

use super::Ports;
use crate::domain::{Message, TicketView};

/// What staff do with tickets.
#[derive(Debug, Clone)]
pub struct StaffTickets {
    ports: Ports,
}

/// A ticket with the newest of what was said about it, notes included.
#[derive(Debug, Clone, PartialEq)]
pub struct StaffTicket {
    /// The ticket.
    pub view: TicketView,
    /// The newest messages, the oldest of them first.
    pub messages: Vec<Message>,
    /// How many there are.
    pub message_count: u64,
}

/// Something just said, and the ticket after it.
#[derive(Debug, Clone, PartialEq)]
pub struct StaffMessage {
    /// The ticket.
    pub view: TicketView,
    /// What was said.
    pub message: Message,
}

impl StaffTickets {
    /// The service over these ports.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }
}
