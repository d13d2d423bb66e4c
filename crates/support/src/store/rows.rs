//! Between rows and domain types.

use std::str::FromStr;

use kernel::{AdminId, StoreError, TenantUserId, fold::search_words, input::Word as _};
use sea_orm::{ActiveValue::Set, EntityTrait, Iterable, QuerySelect, Select, sea_query::Expr};
use serde_json::Value;
use uuid::Uuid;

use super::entity::{support_messages, support_ticket_history, support_tickets};
use crate::domain::{
    Author, Body, Category, Creator, HistoryChange, HistoryEntry, Message, SlaClock, Subject, Target, Ticket, TicketId,
    TicketNumber,
};

/// Parses a stored word.
pub(super) fn word<T: FromStr>(what: &'static str, text: &str) -> Result<T, StoreError>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    text.parse().map_err(|error: T::Err| StoreError::corrupt(what, error))
}

/// Tickets without what they are searched by: nobody reads it, and it may be as long as the ticket.
pub(super) fn tickets() -> Select<support_tickets::Entity> {
    let read = support_tickets::Column::iter().filter(|it| !matches!(it, support_tickets::Column::SearchWords));
    support_tickets::Entity::find().select_only().columns(read).expr_as(Expr::cust("NULL"), "search_words")
}

/// [`tickets`], of messages.
pub(super) fn messages() -> Select<support_messages::Entity> {
    let read = support_messages::Column::iter().filter(|it| !matches!(it, support_messages::Column::SearchWords));
    support_messages::Entity::find().select_only().columns(read).expr_as(Expr::cust("NULL"), "search_words")
}

pub(super) fn ticket(row: support_tickets::Model) -> Result<Ticket, StoreError> {
    let Value::Object(metadata) = row.metadata else {
        return Err(StoreError::corrupt("support_tickets.metadata", "not a JSON object"));
    };
    let email = row.created_by_email.as_deref();
    Ok(Ticket {
        created_by: creator(&row.created_by_type, row.created_by_id, row.created_by_name, email)?,
        id: row.id.into(),
        number: TicketNumber::trusted(row.ticket_number),
        tenant_id: row.tenant_id.into(),
        subject: Subject::trusted(row.subject),
        description: Body::trusted(row.description),
        status: word("support_tickets.status", &row.status)?,
        priority: word("support_tickets.priority", &row.priority)?,
        category: row.category.map(Category::trusted),
        assigned_to: row.assigned_to_id.map(AdminId),
        clock: SlaClock {
            first_response: Target { due_at: row.first_response_due_at, breached_at: row.first_response_breached_at },
            first_response_at: row.first_response_at,
            resolution: Target { due_at: row.resolution_due_at, breached_at: row.resolution_breached_at },
            paused_since: row.clock_paused_since,
        },
        resolved_at: row.resolved_at,
        closed_at: row.closed_at,
        merged_into: row.merged_into_id.map(TicketId),
        metadata,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

fn creator(kind: &str, id: Option<Uuid>, name: Option<String>, email: Option<&str>) -> Result<Creator, StoreError> {
    const WHAT: &str = "support_tickets.created_by";
    let email = email.map(|text| word(WHAT, text)).transpose()?;
    match (kind, id, name, email) {
        ("TENANT_USER", Some(id), Some(name), Some(email)) => Ok(Creator::Person { id: TenantUserId(id), name, email }),
        ("EMAIL", _, _, Some(email)) => Ok(Creator::Email(email)),
        ("ADMIN", Some(id), Some(name), _) => Ok(Creator::Staff { id: AdminId(id), name }),
        ("SYSTEM", ..) => Ok(Creator::System),
        ("TENANT_USER", Some(id), None, None) => Ok(Creator::Erased { kind: "TENANT_USER", id: Some(id) }),
        ("ADMIN", Some(id), None, _) => Ok(Creator::Erased { kind: "ADMIN", id: Some(id) }),
        ("EMAIL", _, _, None) => Ok(Creator::Erased { kind: "EMAIL", id: None }),
        _ => Err(StoreError::corrupt(WHAT, "of no kind that there is")),
    }
}

/// Everything of a ticket.
pub(super) fn ticket_row(ticket: &Ticket) -> support_tickets::ActiveModel {
    let creator = &ticket.created_by;
    support_tickets::ActiveModel {
        id: Set(ticket.id.uuid()),
        ticket_number: Set(ticket.number.as_str().to_owned()),
        tenant_id: Set(ticket.tenant_id.uuid()),
        description: Set(ticket.description.as_str().to_owned()),
        created_by_type: Set(creator.kind().to_owned()),
        created_by_id: Set(creator.id()),
        created_by_name: Set(creator.name().map(str::to_owned)),
        created_by_email: Set(creator.email().map(|email| email.as_str().to_owned())),
        created_at: Set(ticket.created_at),
        ..ticket_changes(ticket)
    }
}

/// What can change of a ticket.
pub(super) fn ticket_changes(ticket: &Ticket) -> support_tickets::ActiveModel {
    let written = [ticket.number.as_str(), ticket.subject.as_str(), ticket.description.as_str()];
    support_tickets::ActiveModel {
        subject: Set(ticket.subject.as_str().to_owned()),
        search_words: Set(Some(search_words(written))),
        status: Set(ticket.status.as_str().to_owned()),
        priority: Set(ticket.priority.as_str().to_owned()),
        urgency: Set(ticket.priority.urgency()),
        category: Set(ticket.category.as_ref().map(|it| it.as_str().to_owned())),
        assigned_to_id: Set(ticket.assigned_to.map(AdminId::uuid)),
        resolved_at: Set(ticket.resolved_at),
        closed_at: Set(ticket.closed_at),
        merged_into_id: Set(ticket.merged_into.map(TicketId::uuid)),
        metadata: Set(Value::Object(ticket.metadata.clone())),
        version: Set(ticket.version),
        updated_at: Set(ticket.updated_at),
        ..clock_changes(&ticket.clock)
    }
}

/// What the clock shows.
pub(super) fn clock_changes(clock: &SlaClock) -> support_tickets::ActiveModel {
    support_tickets::ActiveModel {
        first_response_at: Set(clock.first_response_at),
        first_response_due_at: Set(clock.first_response.due_at),
        first_response_breached_at: Set(clock.first_response.breached_at),
        resolution_due_at: Set(clock.resolution.due_at),
        resolution_breached_at: Set(clock.resolution.breached_at),
        clock_paused_since: Set(clock.paused_since),
        next_breach_at: Set(clock.next_breach_at()),
        ..Default::default()
    }
}

pub(super) fn message(row: support_messages::Model) -> Result<Message, StoreError> {
    Ok(Message {
        author: author(&row.author_type, row.author_id, row.author_name)?,
        id: row.id.into(),
        ticket_id: row.ticket_id.into(),
        tenant_id: row.tenant_id.into(),
        body: Body::trusted(row.body),
        internal: row.internal,
        merged_from: row.merged_from_id.map(TicketId),
        created_at: row.created_at,
    })
}

fn author(kind: &str, id: Option<Uuid>, name: Option<String>) -> Result<Author, StoreError> {
    const WHAT: &str = "support_messages.author";
    match (kind, id, name) {
        ("TENANT_USER", Some(id), Some(name)) => Ok(Author::Person { id: TenantUserId(id), name }),
        ("EMAIL", _, Some(email)) => Ok(Author::Email(word(WHAT, &email)?)),
        ("ADMIN", Some(id), Some(name)) => Ok(Author::Staff { id: AdminId(id), name }),
        ("SYSTEM", ..) => Ok(Author::System),
        ("TENANT_USER", Some(id), None) => Ok(Author::Erased { kind: "TENANT_USER", id: Some(id) }),
        ("ADMIN", Some(id), None) => Ok(Author::Erased { kind: "ADMIN", id: Some(id) }),
        ("EMAIL", _, None) => Ok(Author::Erased { kind: "EMAIL", id: None }),
        _ => Err(StoreError::corrupt(WHAT, "of no kind that there is")),
    }
}

pub(super) fn message_row(message: &Message) -> support_messages::ActiveModel {
    support_messages::ActiveModel {
        id: Set(message.id.uuid()),
        ticket_id: Set(message.ticket_id.uuid()),
        tenant_id: Set(message.tenant_id.uuid()),
        author_type: Set(message.author.kind().to_owned()),
        author_id: Set(message.author.id()),
        author_name: Set(message.author.name().map(str::to_owned)),
        body: Set(message.body.as_str().to_owned()),
        search_words: Set(Some(search_words([message.body.as_str()]))),
        internal: Set(message.internal),
        merged_from_id: Set(message.merged_from.map(TicketId::uuid)),
        created_at: Set(message.created_at),
    }
}

pub(super) fn history_entry(row: support_ticket_history::Model) -> Result<HistoryEntry, StoreError> {
    const WHAT: &str = "support_ticket_history";
    let (from, to) = (row.from_value.as_deref(), row.to_value.as_deref());
    let change = match (row.kind.as_str(), from, to) {
        ("OPENED", None, Some(priority)) => HistoryChange::Opened(word(WHAT, priority)?),
        ("STATUS", Some(from), Some(to)) => HistoryChange::Status { from: word(WHAT, from)?, to: word(WHAT, to)? },
        ("PRIORITY", Some(from), Some(to)) => HistoryChange::Priority { from: word(WHAT, from)?, to: word(WHAT, to)? },
        ("ASSIGNED", from, to) => HistoryChange::Assigned { from: admin(from)?, to: admin(to)? },
        ("ANSWERED", None, None) => HistoryChange::Answered,
        _ => return Err(StoreError::corrupt(WHAT, "of no kind that there is")),
    };
    Ok(HistoryEntry { position: row.position, at: row.created_at, change })
}

fn admin(text: Option<&str>) -> Result<Option<AdminId>, StoreError> {
    text.map(|text| word("support_ticket_history", text).map(AdminId)).transpose()
}

pub(super) fn history_row(tenant: Uuid, ticket: Uuid, entry: &HistoryEntry) -> support_ticket_history::ActiveModel {
    let word = |text: &str| Some(text.to_owned());
    // Without hyphens an id fits.
    let id = |admin: AdminId| admin.uuid().simple().to_string();
    let (kind, from, to) = match entry.change {
        HistoryChange::Opened(priority) => ("OPENED", None, word(priority.as_str())),
        HistoryChange::Status { from, to } => ("STATUS", word(from.as_str()), word(to.as_str())),
        HistoryChange::Priority { from, to } => ("PRIORITY", word(from.as_str()), word(to.as_str())),
        HistoryChange::Assigned { from, to } => ("ASSIGNED", from.map(id), to.map(id)),
        HistoryChange::Answered => ("ANSWERED", None, None),
    };
    support_ticket_history::ActiveModel {
        ticket_id: Set(ticket),
        position: Set(entry.position),
        tenant_id: Set(tenant),
        kind: Set(kind.to_owned()),
        from_value: Set(from),
        to_value: Set(to),
        created_at: Set(entry.at),
    }
}
