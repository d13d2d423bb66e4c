use kernel::{
    TenantId,
    page::{Page, PageRequest},
};

use super::{StaffTicket, StaffTickets};
use crate::{
    SupportError,
    domain::{Audience, Summary, TicketFilter, TicketId, TicketSort, TicketView},
};

impl StaffTickets {
    /// A ticket with everything that was said about it.
    ///
    /// # Errors
    /// [`SupportError::TicketNotFound`].
    pub async fn get(&self, id: TicketId) -> Result<StaffTicket, SupportError> {
        let view = self.ports.get(Audience::Staff, id).await?;
        let messages = self.ports.messages.list(Audience::Staff, id).await?;
        Ok(StaffTicket { view, messages })
    }

    /// A page of all tickets.
    ///
    /// # Errors
    /// [`SupportError::Validation`] for a cursor that was never answered.
    pub async fn list(
        &self,
        filter: &TicketFilter,
        page: &PageRequest<TicketSort>,
    ) -> Result<Page<TicketView>, SupportError> {
        self.ports.list(Audience::Staff, filter, page).await
    }

    /// How the desk stands, or how it stands with one workshop.
    ///
    /// # Errors
    /// What the store says.
    pub async fn summary(&self, tenant: Option<TenantId>) -> Result<Summary, SupportError> {
        self.ports.summarize(tenant.map_or(Audience::Staff, Audience::Workshop)).await
    }
}
