use kernel::{Changes, FieldCode, FieldError, RequestContext, Tx, VersionMatch};

use super::StaffTickets;
use crate::{
    SupportError,
    domain::{Audience, Message, Status, Ticket, TicketId, TicketView, not_found},
    events::SupportEvent,
    service::{
        announce::{entry, event, number},
        edit::Edit,
    },
};

/// What a request names the ticket by that goes on.
const INTO: &str = "intoTicketId";

impl StaffTickets {
    /// Merges a ticket into another of the same workshop, which is answered: it gets all messages, in the order of time,
    /// and what was first written as one of them. The merged ticket is closed for good and leads to the other.
    ///
    /// # Errors
    /// [`SupportError::TicketNotFound`]; [`SupportError::Validation`] when the other is not there, of another workshop, or
    /// the same; [`SupportError::IllegalTransition`] when one of them is closed; [`SupportError::TooManyMessages`] when both
    /// together hold more than one may; [`SupportError::WorkshopDeleted`].
    pub async fn merge(
        &self,
        context: &RequestContext,
        id: TicketId,
        into: TicketId,
    ) -> Result<TicketView, SupportError> {
        if id == into {
            return Err(FieldError::new(INTO, FieldCode::Invalid, "must be another ticket").into());
        }
        let mut tx = self.deps.transactor.begin().await?;
        let (source, target) = self.both_in(&mut tx, id, into).await?;
        source.before.check_open()?;
        target.before.check_open()?;
        let ticket = self.merge_in(&mut tx, context, source, target).await?;
        let view = self.deps.view_in(&mut tx, ticket).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Locks both in the order of their ids, so that two merges of the same tickets do not wait for each other.
    async fn both_in(&self, tx: &mut Tx, id: TicketId, into: TicketId) -> Result<(Edit, Edit), SupportError> {
        for id in [id.min(into), id.max(into)] {
            self.deps.tickets.find_for_update(tx, Audience::Staff, id).await?;
        }
        let source = self.deps.edit_in(tx, Audience::Staff, id, &VersionMatch::Any).await?;
        let audience = Audience::Workshop(source.before.tenant_id);
        match self.deps.edit_in(tx, audience, into, &VersionMatch::Any).await {
            Ok(target) => Ok((source, target)),
            Err(SupportError::TicketNotFound) => Err(not_found(INTO).into()),
            Err(error) => Err(error),
        }
    }

    async fn merge_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        mut source: Edit,
        mut target: Edit,
    ) -> Result<Ticket, SupportError> {
        let now = self.deps.clock.now();
        let (from, to) = (&source.before, &target.before);
        if !self.deps.messages.move_in(tx, from.tenant_id, from.id, to.id).await? {
            return Err(SupportError::TooManyMessages);
        }
        self.deps.say_in(tx, &self.first_words(from, to.id)).await?;
        self.announce_merge_in(tx, context, from, to).await?;
        // An answer to one of them is an answer to both.
        if from.clock.first_response_at.is_some() {
            target.answer(now);
        }
        source.move_to(Status::Closed, now)?;
        source.after.merged_into = Some(target.before.id);
        self.deps.save_in(tx, context, source).await?;
        self.deps.save_in(tx, context, target).await
    }

    /// What was first written in a merged ticket, as a message of the other.
    fn first_words(&self, merged: &Ticket, into: TicketId) -> Message {
        Message {
            id: self.deps.entropy.uuid_v7(merged.created_at).into(),
            ticket_id: into,
            tenant_id: merged.tenant_id,
            author: merged.created_by.to_author(),
            body: merged.description.clone(),
            internal: false,
            merged_from: Some(merged.id),
            created_at: merged.created_at,
        }
    }

    async fn announce_merge_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        from: &Ticket,
        to: &Ticket,
    ) -> Result<(), SupportError> {
        let fact = SupportEvent::TicketMerged {
            ticket_number: number(from),
            into_ticket_id: to.id,
            into_ticket_number: number(to),
        };
        let into = entry("TICKET_MERGED", to).changes(Changes::new().set("mergedTicketId", &from.id));
        self.deps.audit.record_in(tx, context, into).await?;
        let gone = entry("TICKET_MERGED", from).changes(Changes::new().set("mergedIntoId", &to.id));
        Ok(self.deps.announce_in(tx, context, gone, event(from, fact)).await?)
    }
}

#[cfg(test)]
#[path = "merge_tests.rs"]
mod tests;
