//! Opening a ticket, for either audience.

use chrono::{DateTime, Utc};
use kernel::{Changes, RequestContext, StoreError, TenantId, Tx};
use serde_json::Map;

use super::{
    Dependencies,
    announce::{entry, event, number},
    edit::no_opening,
};
use crate::{
    SupportError,
    domain::{Creator, History, NewTicket, Status, Ticket, TicketNumber},
    events::{PartyType, SupportEvent},
};

/// How many numbers are drawn before something must be wrong: two of one millisecond are alike once in a thousand
/// million.
const DRAWS: usize = 8;

impl Dependencies {
    /// Writes a new ticket, with entry and event.
    pub(super) async fn open_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        tenant: TenantId,
        new: NewTicket,
        creator: Creator,
    ) -> Result<Ticket, SupportError> {
        let now = self.clock.now();
        let history = History::open(new.priority, now);
        let ticket = self.new_ticket(tenant, new, creator, &history, now)?;
        let ticket = self.insert_in(tx, ticket, now).await?;
        self.history.append_in(tx, tenant, ticket.id, history.entries()).await?;
        self.announce_opening_in(tx, context, &ticket).await?;
        Ok(ticket)
    }

    fn new_ticket(
        &self,
        tenant_id: TenantId,
        new: NewTicket,
        created_by: Creator,
        history: &History,
        now: DateTime<Utc>,
    ) -> Result<Ticket, StoreError> {
        Ok(Ticket {
            id: self.entropy.uuid_v7(now).into(),
            number: TicketNumber::draw(now, &*self.entropy),
            tenant_id,
            subject: new.subject,
            description: new.description,
            status: Status::Open,
            priority: new.priority,
            category: new.category,
            assigned_to: None,
            created_by,
            clock: history.clock().ok_or_else(no_opening)?,
            resolved_at: None,
            closed_at: None,
            merged_into: None,
            metadata: Map::new(),
            version: 1,
            created_at: now,
            updated_at: now,
        })
    }

    /// The database decides whether a number is taken; then another is drawn.
    async fn insert_in(&self, tx: &mut Tx, mut ticket: Ticket, now: DateTime<Utc>) -> Result<Ticket, StoreError> {
        for _ in 0..DRAWS {
            if self.tickets.insert_in(tx, &ticket).await? {
                return Ok(ticket);
            }
            ticket.number = TicketNumber::draw(now, &*self.entropy);
        }
        Err(StoreError::corrupt("support_tickets.ticket_number", "every number drawn is taken"))
    }

    async fn announce_opening_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        ticket: &Ticket,
    ) -> Result<(), StoreError> {
        let category = ticket.category.as_ref().map(|it| it.as_str());
        let changes = Changes::new()
            .set("ticketNumber", &ticket.number.as_str())
            .personal("subject")
            .set("priority", &ticket.priority)
            .set("category", &category)
            .set("createdByType", &ticket.created_by.kind());
        let mut entry = entry("TICKET_CREATED", ticket).status(201).changes(changes);
        if let Creator::Person { id, .. } = &ticket.created_by {
            entry = entry.tenant_user(*id);
        }
        let fact = SupportEvent::TicketCreated {
            ticket_number: number(ticket),
            priority: ticket.priority,
            category: category.map(str::to_owned),
            created_by_type: PartyType::of(ticket.created_by.kind()),
        };
        self.announce_in(tx, context, entry, event(ticket, fact)).await
    }
}
