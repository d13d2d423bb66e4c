//! Pure types and rules: what can be built is right, and needs no second look.

mod history;
mod list;
mod message;
mod new_ticket;
mod parties;
mod patch;
mod priority;
mod redaction;
mod search_text;
mod sla;
mod status;
mod summary;
mod texts;
mod ticket;
mod ticket_number;

pub(crate) use history::MAX_HISTORY;
pub use history::{History, HistoryChange, HistoryEntry};
pub use list::{Audience, TicketFilter, TicketSort};
pub use message::{MAX_MESSAGES, Message, MessageId, MessageSort, PublicMessage};
pub(crate) use new_ticket::not_found;
pub use new_ticket::{NewStaffTicket, NewStaffTicketInput, NewTicket, NewTicketInput, Requester};
pub use parties::{Author, Creator};
pub use patch::{TicketPatch, TicketPatchInput};
pub use priority::{Priority, ServiceLevel};
pub use redaction::{ERASED, Redaction, Reworded};
pub use search_text::SearchText;
pub use sla::{Missed, SlaClock, SlaTarget, Target};
pub use status::{REOPEN_WITHIN, Refusal, Status};
pub use summary::{Averages, Summary};
pub use texts::{Body, Category, Subject};
pub(crate) use ticket::changes as ticket_changes;
pub use ticket::{AssignedTo, Ticket, TicketId, TicketView};
pub use ticket_number::TicketNumber;
