use kernel::{RequestContext, TenantId, Tx};

use super::StaffTickets;
use crate::{
    SupportError,
    domain::{Author, Creator, NewStaffTicket, Requester, TicketView, not_found},
    service::parties::creator,
};

impl StaffTickets {
    /// Opens a ticket on behalf of a workshop.
    ///
    /// # Errors
    /// As [`StaffTickets::create_in`].
    pub async fn create(&self, context: &RequestContext, new: NewStaffTicket) -> Result<TicketView, SupportError> {
        let mut tx = self.deps.transactor.begin().await?;
        let view = self.create_in(&mut tx, context, new).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Opens a ticket on behalf of a workshop, perhaps for one of its people or for an address.
    ///
    /// # Errors
    /// [`SupportError::Validation`] for a workshop or person that is not there, [`SupportError::WorkshopDeleted`],
    /// [`SupportError::UnknownParty`].
    pub async fn create_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        new: NewStaffTicket,
    ) -> Result<TicketView, SupportError> {
        let NewStaffTicket { tenant_id, requester, ticket } = new;
        let workshop = self.deps.customers.find_workshop_for_share(tx, tenant_id).await?;
        if workshop.ok_or_else(|| not_found("tenantId"))?.deleted {
            return Err(SupportError::WorkshopDeleted);
        }
        let creator = self.requester_in(tx, context, tenant_id, requester).await?;
        let ticket = self.deps.open_in(tx, context, tenant_id, ticket, creator).await?;
        Ok(self.deps.view_in(tx, ticket).await?)
    }

    async fn requester_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        tenant: TenantId,
        requester: Requester,
    ) -> Result<Creator, SupportError> {
        match requester {
            Requester::Person(id) => {
                let person = self.deps.customers.find_person_in(tx, tenant, id).await?;
                let person = person.ok_or_else(|| not_found("tenantUserId"))?;
                Ok(creator(&person))
            }
            Requester::Email(email) => Ok(Creator::Email(email)),
            Requester::Nobody => Ok(match self.deps.staff_author_in(tx, context).await? {
                Author::Staff { id, name } => Creator::Staff { id, name },
                _ => Creator::System,
            }),
        }
    }
}

#[cfg(test)]
#[path = "create_tests.rs"]
mod tests;
