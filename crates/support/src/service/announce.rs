//! What the trail and the rest of the system are told.

use kernel::{AuditEntry, Changes, RequestContext, StoreError, Tx, outbox::NewEvent};
use serde_json::{Value, json};

use super::Ports;
use crate::{
    domain::{Message, Missed, Recipient, Ticket},
    events,
};

/// A successful action on a ticket.
pub(super) fn entry(action: &'static str, ticket: &Ticket) -> AuditEntry {
    AuditEntry::done(action, "support_ticket", ticket.id).tenant(ticket.tenant_id)
}

/// An event of a ticket.
pub(super) fn event(kind: &'static str, ticket: &Ticket, payload: Value) -> NewEvent {
    NewEvent::new(kind, ticket.id, payload).tenant(ticket.tenant_id)
}

/// Whom a mail is for, or null.
pub(super) fn recipient(recipient: Option<&Recipient>) -> Value {
    recipient.map_or(Value::Null, |it| json!({ "email": it.email, "firstName": it.first_name }))
}

impl Ports {
    /// Leaves an entry in the trail and an event in the outbox.
    pub(super) async fn announce_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        entry: AuditEntry,
        event: NewEvent,
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
        let payload = json!({ "ticketNumber": after.number.as_str(), "from": before.status, "to": after.status });
        let entry = entry("TICKET_STATUS_CHANGED", after).changes(changes);
        self.announce_in(tx, context, entry, event(events::TICKET_STATUS_CHANGED, after, payload)).await
    }

    /// The trail has no entry of what was missed: nobody did it.
    pub(super) async fn announce_missed_in(
        &self,
        tx: &mut Tx,
        ticket: &Ticket,
        missed: &[Missed],
    ) -> Result<(), StoreError> {
        for missed in missed {
            let payload = json!({
                "ticketNumber": ticket.number.as_str(),
                "priority": ticket.priority,
                "target": missed.target,
                "dueAt": missed.due_at,
                "assignedToId": ticket.assigned_to,
            });
            self.outbox.publish_in(tx, event(events::SLA_BREACHED, ticket, payload)).await?;
        }
        Ok(())
    }

    /// Tells that something was said, never what. `to` is whom a mail is for. A note is told of without its workshop:
    /// the workshop reads its own trail, and may one day get its own events.
    pub(super) async fn announce_message_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        ticket: &Ticket,
        message: &Message,
        to: Option<&Recipient>,
    ) -> Result<(), StoreError> {
        let number = ticket.number.as_str();
        let changes = Changes::new().set("messageId", &message.id).set("internal", &message.internal);
        let mut entry = entry("TICKET_MESSAGE_ADDED", ticket).status(201).changes(changes);
        let mut event = event(
            events::MESSAGE_ADDED,
            ticket,
            json!({ "ticketNumber": number, "messageId": message.id, "internal": message.internal }),
        );
        if message.internal {
            entry.tenant_id = None;
            event.tenant_id = None;
        } else {
            event.payload["subject"] = ticket.subject.as_str().into();
            event.payload["authorType"] = message.author.kind().into();
            event.payload["recipient"] = recipient(to);
        }
        self.announce_in(tx, context, entry, event).await
    }
}
