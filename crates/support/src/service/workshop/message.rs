use kernel::{RequestContext, TenantId, Tx, VersionMatch};

use super::{WorkshopMessage, WorkshopTickets, of};
use crate::{
    SupportError,
    domain::{Author, Body, Message, PublicMessage, TicketId},
};

impl WorkshopTickets {
    /// Says something about a ticket.
    ///
    /// # Errors
    /// As [`WorkshopTickets::add_message_in`].
    pub async fn add_message(
        &self,
        context: &RequestContext,
        tenant: TenantId,
        id: TicketId,
        body: Body,
    ) -> Result<WorkshopMessage, SupportError> {
        let mut tx = self.deps.transactor.begin().await?;
        let added = self.add_message_in(&mut tx, context, tenant, id, body).await?;
        tx.commit().await?;
        Ok(added)
    }

    /// Says something about a ticket. One that waited for it is worked on again, one that was resolved is open again.
    ///
    /// # Errors
    /// [`SupportError::TicketNotFound`], also for a ticket of another workshop; [`SupportError::IllegalTransition`] for a
    /// closed one; [`SupportError::TooManyMessages`]; [`SupportError::WorkshopDeleted`]; [`SupportError::UnknownParty`].
    pub async fn add_message_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        tenant: TenantId,
        id: TicketId,
        body: Body,
    ) -> Result<WorkshopMessage, SupportError> {
        let mut edit = self.deps.edit_in(tx, of(tenant), id, &VersionMatch::Any).await?;
        edit.after.check_open()?;
        let person = self.deps.acting_person_in(tx, context, tenant).await?;
        let now = self.deps.clock.now();
        let message = Message {
            id: self.deps.entropy.uuid_v7(now).into(),
            ticket_id: id,
            tenant_id: tenant,
            author: Author::Person { id: person.id, name: person.name() },
            body,
            internal: false,
            merged_from: None,
            created_at: now,
        };
        self.deps.say_in(tx, &message).await?;
        self.deps.announce_message_in(tx, context, &edit.before, &message).await?;
        let status = edit.before.status.after_customer_message()?;
        if status != edit.before.status {
            edit.move_to(status, now)?;
        }
        let ticket = self.deps.save_in(tx, context, edit).await?;
        let view = self.deps.view_in(tx, ticket).await?;
        let Message { id, author, body, created_at, .. } = message;
        Ok(WorkshopMessage { view, message: PublicMessage { id, author, body, created_at } })
    }
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
