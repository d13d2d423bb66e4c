use kernel::{
    TenantId,
    page::{Page, PageRequest},
};

use super::{StaffTicket, StaffTickets};
use crate::{
    SupportError,
    domain::{Audience, Message, MessageSort, Summary, TicketFilter, TicketId, TicketSort, TicketView},
};

impl StaffTickets {
    /// A ticket with the newest of what was said about it.
    ///
    /// # Errors
    /// [`SupportError::TicketNotFound`].
    pub async fn get(&self, id: TicketId) -> Result<StaffTicket, SupportError> {
        let view = self.deps.get(Audience::Staff, id).await?;
        let newest = self.deps.newest_messages(Audience::Staff, id).await?;
        Ok(StaffTicket { view, messages: newest.items, message_count: newest.total })
    }

    /// A page of what was said about a ticket, notes included.
    ///
    /// # Errors
    /// [`SupportError::TicketNotFound`].
    pub async fn messages(&self, id: TicketId, page: &PageRequest<MessageSort>) -> Result<Page<Message>, SupportError> {
        self.deps.messages(Audience::Staff, id, page).await
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
        self.deps.list(Audience::Staff, filter, page).await
    }

    /// How tickets stand, all of them or those of one workshop.
    ///
    /// # Errors
    /// What the store says.
    pub async fn summary(&self, tenant: Option<TenantId>) -> Result<Summary, SupportError> {
        self.deps.summarize(tenant.map_or(Audience::Staff, Audience::Workshop)).await
    }
}
