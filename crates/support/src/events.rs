//! What this crate announces. The subject is the ticket's id. No payload has what somebody wrote but the ticket's
//! subject. `recipient` is whom a mail is for, `{ email, firstName | null }`, or null when there is nobody to write to:
//! nobody was named, or they have left the workshop meanwhile.
//!
//! What is told of a note among staff is told without the workshop's id, so that nothing that is handed on to a workshop
//! can take it along.

/// A ticket was opened. Payload: `ticketNumber`, `subject`, `priority`, `category`, `createdByType`, `recipient` (for
/// whom it was opened: the confirmation).
pub const TICKET_CREATED: &str = "support.ticket_created";
/// Fields of a ticket changed. Payload: `ticketNumber`, `fields`, their names.
pub const TICKET_UPDATED: &str = "support.ticket_updated";
/// Somebody said something. Payload: `ticketNumber`, `messageId`, `internal`. Not of a note: `subject`, `authorType`
/// (`ADMIN`, `TENANT_USER`, `SYSTEM`) and `recipient` (for whom the ticket was opened, when staff have answered; else null).
pub const MESSAGE_ADDED: &str = "support.message_added";
/// A ticket is somebody else's now. Payload: `ticketNumber`, `subject`, `priority`, `from` and `to` (ids of admins, or
/// null), `assignedById` (or null) and `recipient` (who has it now, unless they took it themselves).
pub const TICKET_ASSIGNED: &str = "support.ticket_assigned";
/// A ticket moved. Payload: `ticketNumber`, `from`, `to`.
pub const TICKET_STATUS_CHANGED: &str = "support.ticket_status_changed";
/// A target was missed; announced once. Payload: `ticketNumber`, `priority`, `target` (`FIRST_RESPONSE`, `RESOLUTION`),
/// `dueAt`, `assignedToId` (or null).
pub const SLA_BREACHED: &str = "support.sla_breached";
/// A ticket goes on in another. Payload: `ticketNumber`, `intoTicketId`, `intoTicketNumber`.
pub const TICKET_MERGED: &str = "support.ticket_merged";
