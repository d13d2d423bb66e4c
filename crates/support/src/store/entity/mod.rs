//! The tables as SeaORM sees them. What search looks in is not among the columns: the databases keep it themselves.

pub(super) mod support_messages;
pub(super) mod support_ticket_history;
pub(super) mod support_tickets;
