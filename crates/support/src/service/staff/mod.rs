mod assign;
mod create;
mod merge;
mod message;
mod read;
mod update;

use super::Dependencies;
use crate::domain::{Message, TicketView};

/// What staff do with tickets.
#[derive(Debug, Clone)]
pub struct StaffTickets {
    deps: Dependencies,
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
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct StaffMessage {
    pub view: TicketView,
    pub message: Message,
}

impl StaffTickets {
    /// The service over these dependencies.
    #[must_use]
    pub fn new(deps: Dependencies) -> Self {
        Self { deps }
    }
}
