//! How tickets are shown, to either audience.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use kernel::{
    AdminId, StoreError, Tx,
    page::{Direction, Page, PageRequest, Sort, Start},
};

use super::Dependencies;
use crate::{
    SupportError,
    domain::{
        AssignedTo, Audience, Message, MessageSort, Summary, Ticket, TicketFilter, TicketId, TicketSort, TicketView,
    },
};

/// Span of the averages.
const AVERAGES_OVER: TimeDelta = TimeDelta::days(30);
/// Messages that a single ticket is shown with.
const NEWEST_MESSAGES: u64 = 50;

impl Dependencies {
    pub(super) async fn get(&self, audience: Audience, id: TicketId) -> Result<TicketView, SupportError> {
        let ticket = self.tickets.find(audience, id).await?.ok_or(SupportError::TicketNotFound)?;
        let names = self.names(ticket.assigned_to).await?;
        Ok(self.view(ticket, &names))
    }

    pub(super) async fn list(
        &self,
        audience: Audience,
        filter: &TicketFilter,
        page: &PageRequest<TicketSort>,
    ) -> Result<Page<TicketView>, SupportError> {
        let tickets = self.tickets.list(audience, filter, self.clock.now(), page).await?;
        let names = self.names(tickets.items.iter().filter_map(|ticket| ticket.assigned_to)).await?;
        Ok(tickets.map(|ticket| self.view(ticket, &names)))
    }

    /// A page of what was said about a ticket that the audience may see.
    pub(super) async fn messages(
        &self,
        audience: Audience,
        id: TicketId,
        page: &PageRequest<MessageSort>,
    ) -> Result<Page<Message>, SupportError> {
        self.tickets.find(audience, id).await?.ok_or(SupportError::TicketNotFound)?;
        Ok(self.messages.list(audience, id, page).await?)
    }

    /// The newest messages that the audience may see, the oldest of them first, and how many there are in all.
    pub(super) async fn newest_messages(&self, audience: Audience, id: TicketId) -> Result<Page<Message>, StoreError> {
        let sort = Sort { field: MessageSort::CreatedAt, direction: Direction::Descending };
        let request = PageRequest { limit: NEWEST_MESSAGES, start: Start::Offset(0), sort };
        let mut page = self.messages.list(audience, id, &request).await?;
        page.items.reverse();
        Ok(page)
    }

    /// Adds a message, if the ticket has room for it.
    pub(super) async fn say_in(&self, tx: &mut Tx, message: &Message) -> Result<(), SupportError> {
        match self.messages.insert_in(tx, message).await? {
            true => Ok(()),
            false => Err(SupportError::TooManyMessages),
        }
    }

    pub(super) async fn summarize(&self, audience: Audience) -> Result<Summary, SupportError> {
        let now = self.clock.now();
        Ok(self.tickets.summarize(audience, now - AVERAGES_OVER, now).await?)
    }

    /// The ticket as the transaction leaves it.
    pub(super) async fn view_in(&self, tx: &mut Tx, ticket: Ticket) -> Result<TicketView, StoreError> {
        // From the transaction's own connection: whoever holds one and waits for another may wait for ever.
        let member = match ticket.assigned_to {
            Some(id) => self.staff.find_for_share(tx, id).await?,
            None => None,
        };
        let names: Vec<_> = member.map(|it| AssignedTo { id: it.id, name: it.name() }).into_iter().collect();
        Ok(self.view(ticket, &names))
    }

    async fn names(&self, ids: impl IntoIterator<Item = AdminId>) -> Result<Vec<AssignedTo>, StoreError> {
        let ids: Vec<_> = ids.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let names = self.staff.list_names(&ids).await?;
        Ok(names.into_iter().map(|it| AssignedTo { id: it.id, name: it.name }).collect())
    }

    fn view(&self, mut ticket: Ticket, names: &[AssignedTo]) -> TicketView {
        // Between two runs of the watch, too, what was missed is shown as missed.
        ticket.clock = ticket.clock.at(self.clock.now());
        let unknown = |id| AssignedTo { id, name: "Unknown".to_owned() };
        let known = |id| names.iter().find(|it| it.id == id).cloned().unwrap_or_else(|| unknown(id));
        TicketView { assigned_to: ticket.assigned_to.map(known), ticket }
    }
}
