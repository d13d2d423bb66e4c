use kernel::{
    TenantId,
    page::{Page, PageRequest},
};

use super::{WorkshopTicket, WorkshopTickets, of};
use crate::{
    SupportError,
    domain::{Message, MessageSort, PublicMessage, Summary, TicketFilter, TicketId, TicketSort, TicketView},
};

impl WorkshopTickets {
    /// One of the workshop's tickets, with the newest of what was said about it.
    ///
    /// # Errors
    /// [`SupportError::TicketNotFound`], also for a ticket of another workshop.
    pub async fn get(&self, tenant: TenantId, id: TicketId) -> Result<WorkshopTicket, SupportError> {
        let view = self.deps.get(of(tenant), id).await?;
        let newest = public(self.deps.newest_messages(of(tenant), id).await?);
        Ok(WorkshopTicket { view, messages: newest.items, message_count: newest.total })
    }

    /// A page of what was said about one of the workshop's tickets.
    ///
    /// # Errors
    /// [`SupportError::TicketNotFound`], also for a ticket of another workshop.
    pub async fn messages(
        &self,
        tenant: TenantId,
        id: TicketId,
        page: &PageRequest<MessageSort>,
    ) -> Result<Page<PublicMessage>, SupportError> {
        Ok(public(self.deps.messages(of(tenant), id, page).await?))
    }

    /// A page of the workshop's tickets.
    ///
    /// # Errors
    /// [`SupportError::Validation`] for a cursor that was never answered.
    pub async fn list(
        &self,
        tenant: TenantId,
        filter: &TicketFilter,
        page: &PageRequest<TicketSort>,
    ) -> Result<Page<TicketView>, SupportError> {
        self.deps.list(of(tenant), filter, page).await
    }

    /// How many of the workshop's tickets stand where.
    ///
    /// # Errors
    /// What the store says.
    pub async fn summary(&self, tenant: TenantId) -> Result<Summary, SupportError> {
        self.deps.summarize(of(tenant)).await
    }

    /// How many of the workshop's tickets are active: neither resolved nor closed.
    ///
    /// # Errors
    /// What the store says.
    pub async fn count_active(&self, tenant: TenantId) -> Result<u64, SupportError> {
        Ok(self.deps.tickets.count_active(of(tenant)).await?)
    }
}

/// The query left the notes out; this makes sure.
fn public(page: Page<Message>) -> Page<PublicMessage> {
    let Page { items, total, next } = page;
    Page { items: items.into_iter().filter_map(Message::into_public).collect(), total, next }
}
