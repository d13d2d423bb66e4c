use kernel::{RequestContext, TenantId, Tx};

use super::StaffTickets;
use crate::{
    SupportError,
    domain::{Author, Creator, NewStaffTicket, Recipient, Requester, TicketView, not_found},
    service::parties::{creator, to_person},
};

impl StaffTickets {
    /// Opens a ticket on behalf of a workshop.
    ///
    /// # Errors
    /// As [`StaffTickets::create_in`].
    pub async fn create(&self, context: &RequestContext, new: NewStaffTicket) -> Result<TicketView, SupportError> {
        let mut tx = self.ports.transactor.begin().await?;
        let view = self.create_in(&mut tx, context, new).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Opens a ticket on behalf of a workshop, perhaps for one of its people or for an address.
    ///
    /// # Errors
    /// [`SupportError::Validation`] for a workshop or person that is not there, [`SupportError::WorkshopDeleted`],
    /// [`SupportError::Stranger`].
    pub async fn create_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        new: NewStaffTicket,
    ) -> Result<TicketView, SupportError> {
        let NewStaffTicket { tenant_id, requester, ticket } = new;
        let workshop = self.ports.customers.find_workshop_for_share(tx, tenant_id).await?;
        if workshop.ok_or_else(|| not_found("tenantId"))?.deleted {
            return Err(SupportError::WorkshopDeleted);
        }
        let (creator, to) = self.requester_in(tx, context, tenant_id, requester).await?;
        let ticket = self.ports.open_in(tx, context, tenant_id, ticket, creator, to.as_ref()).await?;
        Ok(self.ports.view_in(tx, ticket).await?)
    }

    async fn requester_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        tenant: TenantId,
        requester: Requester,
    ) -> Result<(Creator, Option<Recipient>), SupportError> {
        match requester {
            Requester::Person(id) => {
                let person = self.ports.customers.find_person_in(tx, tenant, id).await?;
                let person = person.ok_or_else(|| not_found("tenantUserId"))?;
                Ok((creator(&person), to_person(&person)))
            }
            Requester::Email(email) => {
                let to = Recipient { email: email.clone(), first_name: None };
                Ok((Creator::Email(email), Some(to)))
            }
            Requester::Nobody => {
                let creator = match self.ports.staff_author_in(tx, context).await? {
                    Author::Staff { id, name } => Creator::Staff { id, name },
                    _ => Creator::System,
                };
                Ok((creator, None))
            }
        }
    }
}

#[cfg(test)]
#[path = "create_tests.rs"]
mod tests;
