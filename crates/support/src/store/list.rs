//! A page of tickets.

use chrono::{DateTime, Utc};
use kernel::{
    StoreError,
    input::Word as _,
    page::{Key, Page, PageRequest},
};
use platform::{Database, store::keyset};
use sea_orm::{ColumnTrait, Condition, PaginatorTrait, QueryFilter, sea_query::ExprTrait};

use super::{entity::support_tickets::Column, rows, search};
use crate::domain::{Audience, Ticket, TicketFilter, TicketSort};

pub(super) async fn list(
    db: &Database,
    audience: Audience,
    filter: &TicketFilter,
    now: DateTime<Utc>,
    request: &PageRequest<TicketSort>,
) -> Result<Page<Ticket>, StoreError> {
    let sort = request.sort.field;
    let found = filter.search.as_ref().map(|words| search::found(db.engine(), audience, words));
    let matching = Condition::all().add(seen_by(audience)).add(matching(filter, now)).add_option(found);
    let select = rows::tickets().filter(matching);
    let total = select.clone().count(db.reader()).await?;
    let select = keyset::page(select, request, column(sort), Column::Id);
    let tickets = select.all(db.reader()).await?.into_iter().map(rows::ticket).collect::<Result<Vec<_>, _>>()?;
    let key = |ticket: &Ticket| (sort_key(sort, ticket), ticket.id.uuid());
    Ok(Page::from_overfetch(tickets, request.limit, total, key))
}

/// What an audience may see: a workshop its own.
pub(super) fn seen_by(audience: Audience) -> Condition {
    match audience {
        Audience::Staff => Condition::all(),
        Audience::Workshop(tenant) => Condition::all().add(Column::TenantId.eq(tenant.uuid())),
    }
}

fn matching(filter: &TicketFilter, now: DateTime<Utc>) -> Condition {
    let nobodys = |nobodys| match nobodys {
        true => Column::AssignedToId.is_null(),
        false => Column::AssignedToId.is_not_null(),
    };
    let breached_or_not = |breached| if breached { self::breached(now) } else { self::breached(now).not() };
    Condition::all()
        .add_option(filter.tenant_id.map(|id| Column::TenantId.eq(id.uuid())))
        .add_option(filter.status.map(|status| Column::Status.eq(status.as_str())))
        .add_option(filter.priority.map(|priority| Column::Urgency.eq(priority.urgency())))
        .add_option(filter.assigned_to.map(|id| Column::AssignedToId.eq(id.uuid())))
        .add_option(filter.unassigned.map(nobodys))
        .add_option(filter.breached.map(breached_or_not))
}

/// What was missed: what is noted as missed, and what nobody has noted yet.
pub(super) fn breached(now: DateTime<Utc>) -> Condition {
    Condition::any()
        .add(Column::FirstResponseBreachedAt.is_not_null())
        .add(Column::ResolutionBreachedAt.is_not_null())
        .add(Column::NextBreachAt.is_not_null().and(Column::NextBreachAt.lt(now)))
}

fn column(sort: TicketSort) -> Column {
    match sort {
        TicketSort::CreatedAt => Column::CreatedAt,
        TicketSort::UpdatedAt => Column::UpdatedAt,
        TicketSort::Priority => Column::Urgency,
        TicketSort::Status => Column::Status,
    }
}

fn sort_key(sort: TicketSort, ticket: &Ticket) -> Key {
    match sort {
        TicketSort::CreatedAt => Key::Time(ticket.created_at),
        TicketSort::UpdatedAt => Key::Time(ticket.updated_at),
        TicketSort::Priority => Key::Number(ticket.priority.urgency().into()),
        TicketSort::Status => Key::Text(ticket.status.as_str().to_owned()),
    }
}
