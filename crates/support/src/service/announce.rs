//! What the trail and the rest of the system are told.

use kernel::{AuditEntry, Changes, RequestContext, StoreError, Tx, outbox::NewEvent};

use super::Dependencies;
use crate::{
    domain::{Message, Missed, Ticket},
    events::{PartyType, SupportEvent},
};

/// A successful action on a ticket.
pub(super) fn entry(action: &'static str, ticket: &Ticket) -> AuditEntry {
    AuditEntry::done(action, "support_ticket", ticket.id).tenant(ticket.tenant_id)
}

/// An event of a ticket.
pub(super) fn event(ticket: &Ticket, fact: SupportEvent) -> NewEvent<SupportEvent> {
    NewEvent::new(ticket.id, fact).tenant(ticket.tenant_id)
}

/// The ticket's number, as events tell it.
pub(super) fn number(ticket: &Ticket) -> String {
    ticket.number.as_str().to_owned()
}

impl Dependencies {
    /// Leaves an entry in the trail and an event in the outbox.
    pub(super) async fn announce_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        entry: AuditEntry,
        event: NewEvent<SupportEvent>,
    ) -> Result<(), StoreError> {
        self.audit.record_in(tx, context, entry).await?;
        self.outbox.publish_in(tx, event).await?;
        Ok(())
    }

    pub(super) async fn announce_status_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        before: &Ticket,
        after: &Ticket,
    ) -> Result<(), StoreError> {
        let changes = Changes::new().field("status", &before.status, &after.status);
        let fact = SupportEvent::StatusChanged { ticket_number: number(after), from: before.status, to: after.status };
        let entry = entry("TICKET_STATUS_CHANGED", after).changes(changes);
        self.announce_in(tx, context, entry, event(after, fact)).await
    }

    /// The trail has no entry of what was missed: nobody did it.
    pub(super) async fn announce_missed_in(
        &self,
        tx: &mut Tx,
        ticket: &Ticket,
        missed: &[Missed],
    ) -> Result<(), StoreError> {
        for missed in missed {
            let fact = SupportEvent::SlaBreached {
                ticket_number: number(ticket),
                priority: ticket.priority,
                target: missed.target,
                due_at: missed.due_at,
                assigned_to_id: ticket.assigned_to,
            };
            self.outbox.publish_in(tx, event(ticket, fact)).await?;
        }
        Ok(())
    }

    /// Tells that something was said, never what. A note is told of without its workshop: the workshop reads its own trail.
    pub(super) async fn announce_message_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        ticket: &Ticket,
        message: &Message,
    ) -> Result<(), StoreError> {
        let changes = Changes::new().set("messageId", &message.id).set("internal", &message.internal);
        let mut entry = entry("TICKET_MESSAGE_ADDED", ticket).status(201).changes(changes);
        let (ticket_number, message_id) = (number(ticket), message.id);
        let event = if message.internal {
            entry.tenant_id = None;
            NewEvent::new(ticket.id, SupportEvent::NoteAdded { ticket_number, message_id })
        } else {
            let author_type = PartyType::of(message.author.kind());
            event(ticket, SupportEvent::MessageAdded { ticket_number, message_id, author_type })
        };
        self.announce_in(tx, context, entry, event).await
    }
}
