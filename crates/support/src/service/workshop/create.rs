use kernel::{RequestContext, TenantId, Tx};

use super::WorkshopTickets;
use crate::{
    SupportError,
    domain::{NewTicket, TicketView},
    service::parties::{creator, to_person},
};

impl WorkshopTickets {
    /// Opens a ticket for the person who acts.
    ///
    /// # Errors
    /// As [`WorkshopTickets::create_in`].
    pub async fn create(
        &self,
        context: &RequestContext,
        tenant: TenantId,
        new: NewTicket,
    ) -> Result<TicketView, SupportError> {
        let mut tx = self.ports.transactor.begin().await?;
        let view = self.create_in(&mut tx, context, tenant, new).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Opens a ticket for the person who acts.
    ///
    /// # Errors
    /// [`SupportError::WorkshopDeleted`]; [`SupportError::Stranger`] unless the actor is one of the workshop's people.
    pub async fn create_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        tenant: TenantId,
        new: NewTicket,
    ) -> Result<TicketView, SupportError> {
        self.ports.check_workshop_in(tx, tenant).await?;
        let person = self.ports.acting_person_in(tx, context, tenant).await?;
        let to = to_person(&person);
        let ticket = self.ports.open_in(tx, context, tenant, new, creator(&person), to.as_ref()).await?;
        Ok(self.ports.view_in(tx, ticket).await?)
    }
}
