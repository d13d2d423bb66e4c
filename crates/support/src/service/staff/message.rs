use kernel::{RequestContext, Tx, VersionMatch};

use super::{StaffMessage, StaffTickets};
use crate::{
    SupportError,
    domain::{Audience, Body, Message, Refusal, TicketId},
};

impl StaffTickets {
    /// Says something to a ticket's workshop, or notes it among staff.
    ///
    /// # Errors
    /// As [`StaffTickets::add_message_in`].
    pub async fn add_message(
        &self,
        context: &RequestContext,
        id: TicketId,
        body: Body,
        internal: bool,
    ) -> Result<StaffMessage, SupportError> {
        let mut tx = self.deps.transactor.begin().await?;
        let added = self.add_message_in(&mut tx, context, id, body, internal).await?;
        tx.commit().await?;
        Ok(added)
    }

    /// Says something to a ticket's workshop, which answers it if nobody has before; or notes it among staff, which
    /// changes nothing that the workshop could see, not even the ticket's version.
    ///
    /// # Errors
    /// [`SupportError::TicketNotFound`], [`SupportError::UnknownParty`], [`SupportError::WorkshopDeleted`],
    /// [`SupportError::IllegalTransition`] for a merged ticket, and for a closed one but for notes;
    /// [`SupportError::TooManyMessages`].
    pub async fn add_message_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        id: TicketId,
        body: Body,
        internal: bool,
    ) -> Result<StaffMessage, SupportError> {
        let mut edit = self.deps.edit_in(tx, Audience::Staff, id, &VersionMatch::Any).await?;
        match edit.before.check_open() {
            Err(Refusal::Closed) if internal => {}
            other => other?,
        }
        let now = self.deps.clock.now();
        let message = Message {
            id: self.deps.entropy.uuid_v7(now).into(),
            ticket_id: id,
            tenant_id: edit.before.tenant_id,
            author: self.deps.staff_author_in(tx, context).await?,
            body,
            internal,
            merged_from: None,
            created_at: now,
        };
        self.deps.say_in(tx, &message).await?;
        self.deps.announce_message_in(tx, context, &edit.before, &message).await?;
        let ticket = if internal {
            edit.before
        } else {
            edit.answer(now);
            self.deps.save_in(tx, context, edit).await?
        };
        Ok(StaffMessage { view: self.deps.view_in(tx, ticket).await?, message })
    }
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
