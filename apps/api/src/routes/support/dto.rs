use chrono::{DateTime, Utc};
use kernel::input::Word as _;
use kernel::page::{Direction, KeyType, Sort};
use serde::Serialize;
use serde_json::{Map, Value};
use support::domain::{
    AssignedTo, Author, Creator, Message, MessageSort, PublicMessage, SlaClock, TicketSort, TicketView,
};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::{Answer, Problem, SortField};

/// Both lists of tickets.
impl SortField for TicketSort {
    const FIELDS: &'static [(&'static str, Self)] = Self::ALL;

    fn default_sort() -> Sort<Self> {
        Sort { field: Self::CreatedAt, direction: Direction::Descending }
    }

    fn key_type(self) -> KeyType {
        TicketSort::key_type(self)
    }
}

/// Both lists of a ticket's messages.
impl SortField for MessageSort {
    const FIELDS: &'static [(&'static str, Self)] = Self::ALL;

    fn default_sort() -> Sort<Self> {
        Sort { field: Self::CreatedAt, direction: Direction::Ascending }
    }

    fn key_type(self) -> KeyType {
        MessageSort::key_type(self)
    }
}

/// Who works on a ticket.
#[derive(Serialize, ToSchema)]
#[schema(as = TicketAssignee)]
pub struct AssigneeDto {
    id: Uuid,
    #[schema(example = "Mele Taufa")]
    name: String,
}

impl From<AssignedTo> for AssigneeDto {
    fn from(AssignedTo { id, name }: AssignedTo) -> Self {
        Self { id: id.uuid(), name }
    }
}

/// For whom a ticket was opened.
#[derive(Serialize, ToSchema)]
#[schema(as = TicketCreator)]
pub struct CreatorDto {
    /// TENANT_USER, EMAIL (somebody without an account), ADMIN or SYSTEM (nobody in particular).
    #[schema(example = "TENANT_USER")]
    r#type: &'static str,
    #[schema(required = true)]
    id: Option<Uuid>,
    #[schema(required = true)]
    name: Option<String>,
    #[schema(required = true)]
    email: Option<String>,
}

impl From<&Creator> for CreatorDto {
    fn from(creator: &Creator) -> Self {
        Self {
            r#type: creator.kind(),
            id: creator.id(),
            name: creator.name().map(str::to_owned),
            email: creator.email().map(ToString::to_string),
        }
    }
}

/// What is promised for a ticket. Both times move on while the clock is paused: while it waits for the customer, and while it
/// is resolved or closed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TicketSla)]
pub struct SlaDto {
    first_response_due_at: DateTime<Utc>,
    resolution_due_at: DateTime<Utc>,
    first_response_breached: bool,
    resolution_breached: bool,
}

impl From<&SlaClock> for SlaDto {
    fn from(clock: &SlaClock) -> Self {
        Self {
            first_response_due_at: clock.first_response.due_at,
            resolution_due_at: clock.resolution.due_at,
            first_response_breached: clock.first_response.breached_at.is_some(),
            resolution_breached: clock.resolution.breached_at.is_some(),
        }
    }
}

/// A ticket.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Ticket)]
pub struct TicketDto {
    id: Uuid,
    #[schema(example = "TKT-01JDH4Q8ZKX7M2")]
    ticket_number: String,
    tenant_id: Uuid,
    subject: String,
    description: String,
    /// OPEN, IN_PROGRESS, WAITING_FOR_CUSTOMER, RESOLVED or CLOSED.
    #[schema(example = "OPEN")]
    status: &'static str,
    /// LOW, MEDIUM, HIGH or URGENT.
    #[schema(example = "MEDIUM")]
    priority: &'static str,
    #[schema(required = true)]
    category: Option<String>,
    #[schema(required = true)]
    assigned_to: Option<AssigneeDto>,
    created_by: CreatorDto,
    /// When staff first answered.
    #[schema(required = true)]
    first_response_at: Option<DateTime<Utc>>,
    #[schema(required = true)]
    resolved_at: Option<DateTime<Utc>>,
    #[schema(required = true)]
    closed_at: Option<DateTime<Utc>>,
    /// The ticket that goes on in this one's place.
    #[schema(required = true)]
    merged_into_id: Option<Uuid>,
    sla: SlaDto,
    #[schema(value_type = Object)]
    metadata: Map<String, Value>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// The `ETag`'s number.
    version: i64,
}

impl From<TicketView> for TicketDto {
    fn from(TicketView { ticket, assigned_to }: TicketView) -> Self {
        Self {
            id: ticket.id.uuid(),
            ticket_number: ticket.number.to_string(),
            tenant_id: ticket.tenant_id.uuid(),
            subject: ticket.subject.to_string(),
            description: ticket.description.to_string(),
            status: ticket.status.as_str(),
            priority: ticket.priority.as_str(),
            category: ticket.category.map(|it| it.to_string()),
            assigned_to: assigned_to.map(AssigneeDto::from),
            created_by: (&ticket.created_by).into(),
            first_response_at: ticket.clock.first_response_at,
            resolved_at: ticket.resolved_at,
            closed_at: ticket.closed_at,
            merged_into_id: ticket.merged_into.map(|it| it.uuid()),
            sla: (&ticket.clock).into(),
            metadata: ticket.metadata,
            created_at: ticket.created_at,
            updated_at: ticket.updated_at,
            version: ticket.version,
        }
    }
}

/// One ticket.
#[derive(Serialize, ToSchema)]
pub struct TicketAnswer {
    ticket: TicketDto,
}

impl From<TicketView> for TicketAnswer {
    fn from(view: TicketView) -> Self {
        Self { ticket: view.into() }
    }
}

/// 200 with the ticket and its `ETag`.
pub(in crate::routes) fn answer(view: TicketView) -> Result<Answer, Problem> {
    let version = view.ticket.version;
    Ok(Answer::ok(&TicketAnswer::from(view))?.etag(version))
}

/// 201 with the ticket, its `ETag` and where it is: below `list`.
pub(in crate::routes) fn created(list: &str, view: TicketView) -> Result<Answer, Problem> {
    let (location, version) = (format!("{list}/{}", view.ticket.id), view.ticket.version);
    Ok(Answer::created(&location, &TicketAnswer::from(view))?.etag(version))
}

/// Who said something.
#[derive(Serialize, ToSchema)]
#[schema(as = TicketMessageAuthor)]
pub struct AuthorDto {
    /// TENANT_USER, ADMIN, EMAIL (somebody without an account) or SYSTEM.
    #[schema(example = "ADMIN")]
    r#type: &'static str,
    #[schema(required = true)]
    id: Option<Uuid>,
    #[schema(required = true, example = "Mele Taufa")]
    name: Option<String>,
}

impl From<&Author> for AuthorDto {
    fn from(author: &Author) -> Self {
        Self { r#type: author.kind(), id: author.id(), name: author.name().map(str::to_owned) }
    }
}

/// Something said about a ticket, as its workshop sees it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TicketMessage)]
pub struct MessageDto {
    id: Uuid,
    author: AuthorDto,
    body: String,
    created_at: DateTime<Utc>,
}

impl From<PublicMessage> for MessageDto {
    fn from(message: PublicMessage) -> Self {
        Self {
            id: message.id.uuid(),
            author: (&message.author).into(),
            body: message.body.to_string(),
            created_at: message.created_at,
        }
    }
}

/// Something said about a ticket, or noted among staff.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TicketStaffMessage)]
pub struct StaffMessageDto {
    id: Uuid,
    author: AuthorDto,
    body: String,
    /// A note among staff: the workshop never gets to know of it.
    internal: bool,
    /// The merged ticket that it was said about.
    #[schema(required = true)]
    merged_from_id: Option<Uuid>,
    created_at: DateTime<Utc>,
}

impl From<Message> for StaffMessageDto {
    fn from(message: Message) -> Self {
        Self {
            id: message.id.uuid(),
            author: (&message.author).into(),
            body: message.body.to_string(),
            internal: message.internal,
            merged_from_id: message.merged_from.map(|it| it.uuid()),
            created_at: message.created_at,
        }
    }
}
