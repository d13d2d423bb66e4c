use kernel::{RequestContext, TenantId, Tx};

use super::WorkshopTickets;
use crate::{
    SupportError,
    domain::{NewTicket, TicketView},
    service::parties::creator,
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
        let mut tx = self.deps.transactor.begin().await?;
        let view = self.create_in(&mut tx, context, tenant, new).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Opens a ticket for the person who acts.
    ///
    /// # Errors
    /// [`SupportError::WorkshopDeleted`]; [`SupportError::UnknownParty`] unless the caller is one of the workshop's people.
    pub async fn create_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        tenant: TenantId,
        new: NewTicket,
    ) -> Result<TicketView, SupportError> {
        self.deps.check_workshop_in(tx, tenant).await?;
        let person = self.deps.acting_person_in(tx, context, tenant).await?;
        let ticket = self.deps.open_in(tx, context, tenant, new, creator(&person)).await?;
        Ok(self.deps.view_in(tx, ticket).await?)
    }
}
