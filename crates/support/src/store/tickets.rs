use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{
    AdminId, StoreError, TenantId, Tx,
    input::Word as _,
    page::{Page, PageRequest},
};
use platform::Database;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, LockType, OnConflict},
};
use uuid::Uuid;

use super::{
    entity::support_tickets::{Column, Entity},
    list, rows, summary,
};
use crate::{
    domain::{Audience, Status, Summary, Ticket, TicketFilter, TicketId, TicketSort},
    repository::{Overdue, TicketRepository},
};

/// [`TicketRepository`] over the database.
#[derive(Debug, Clone)]
pub struct TicketStore(Database);

impl TicketStore {
    /// A store on this database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait]
impl TicketRepository for TicketStore {
    async fn find(&self, audience: Audience, id: TicketId) -> Result<Option<Ticket>, StoreError> {
        one(audience, id).one(self.0.reader()).await?.map(rows::ticket).transpose()
    }

    async fn list(
        &self,
        audience: Audience,
        filter: &TicketFilter,
        now: DateTime<Utc>,
        page: &PageRequest<TicketSort>,
    ) -> Result<Page<Ticket>, StoreError> {
        list::list(&self.0, audience, filter, now, page).await
    }

    async fn summarize(
        &self,
        audience: Audience,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Summary, StoreError> {
        summary::summarize(&self.0, audience, since, now).await
    }

    async fn count_active(&self, audience: Audience) -> Result<u64, StoreError> {
        summary::count_active(&self.0, audience).await
    }

    async fn find_for_update(
        &self,
        tx: &mut Tx,
        audience: Audience,
        id: TicketId,
    ) -> Result<Option<Ticket>, StoreError> {
        // NO KEY: foreign keys to the row, which never changes its id, need not wait.
        let row = one(audience, id).lock(LockType::NoKeyUpdate).one(tx.executor()).await?;
        row.map(rows::ticket).transpose()
    }

    async fn find_next_unassigned_in(
        &self,
        tx: &mut Tx,
        excluded: &[TenantId],
    ) -> Result<Option<(TicketId, TenantId)>, StoreError> {
        let excluded = excluded.iter().map(|id| id.uuid());
        let row: Option<(Uuid, Uuid)> = Entity::find()
            .select_only()
            .columns([Column::Id, Column::TenantId])
            .filter(Column::AssignedToId.is_null())
            // The clock runs while it is staff's turn; there is an index of exactly these.
            .filter(Column::ClockPausedSince.is_null())
            .filter(Column::TenantId.is_not_in(excluded))
            .order_by_desc(Column::Urgency)
            .order_by_asc(Column::CreatedAt)
            .order_by_asc(Column::Id)
            .limit(1)
            .into_tuple()
            .one(tx.executor())
            .await?;
        Ok(row.map(|(id, tenant)| (TicketId(id), TenantId(tenant))))
    }

    async fn list_assigned_in(
        &self,
        tx: &mut Tx,
        admin: AdminId,
        after: Option<TicketId>,
        limit: u64,
    ) -> Result<Vec<TicketId>, StoreError> {
        let ids: Vec<Uuid> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::AssignedToId.eq(admin.uuid()))
            .filter(Column::Status.ne(Status::Closed.as_str()))
            .filter(Condition::all().add_option(after.map(|id| Column::Id.gt(id.uuid()))))
            .order_by_asc(Column::Id)
            .limit(limit)
            .into_tuple()
            .all(tx.executor())
            .await?;
        Ok(ids.into_iter().map(TicketId).collect())
    }

    async fn insert_in(&self, tx: &mut Tx, ticket: &Ticket) -> Result<bool, StoreError> {
        // A statement that fails would end the transaction on PostgreSQL.
        let free = OnConflict::column(Column::TicketNumber).do_nothing().to_owned();
        let insert = Entity::insert(rows::ticket_row(ticket)).on_conflict(free);
        Ok(insert.exec_without_returning(tx.executor()).await? == 1)
    }

    async fn update_in(&self, tx: &mut Tx, ticket: &Ticket, from_version: i64) -> Result<bool, StoreError> {
        let updated = Entity::update_many()
            .set(rows::ticket_changes(ticket))
            .filter(Column::TenantId.eq(ticket.tenant_id.uuid()))
            .filter(Column::Id.eq(ticket.id.uuid()))
            .filter(Column::Version.eq(from_version))
            .exec(tx.executor())
            .await?;
        Ok(updated.rows_affected == 1)
    }

    async fn update_clock_in(&self, tx: &mut Tx, ticket: &Ticket) -> Result<(), StoreError> {
        Entity::update_many()
            .set(rows::clock_changes(&ticket.clock))
            .filter(Column::TenantId.eq(ticket.tenant_id.uuid()))
            .filter(Column::Id.eq(ticket.id.uuid()))
            .exec(tx.executor())
            .await?;
        Ok(())
    }

    async fn list_overdue(
        &self,
        now: DateTime<Utc>,
        after: Option<Overdue>,
        limit: u64,
    ) -> Result<Vec<Overdue>, StoreError> {
        let beyond = |last: Overdue| {
            let row = Expr::tuple([Expr::col(Column::NextBreachAt), Expr::col(Column::Id)]);
            row.gt(Expr::tuple([Expr::val(last.since), Expr::val(last.id.uuid())]))
        };
        let rows: Vec<(DateTime<Utc>, Uuid)> = Entity::find()
            .select_only()
            .columns([Column::NextBreachAt, Column::Id])
            .filter(Column::NextBreachAt.is_not_null())
            .filter(Column::NextBreachAt.lt(now))
            .filter(Condition::all().add_option(after.map(beyond)))
            .order_by_asc(Column::NextBreachAt)
            .order_by_asc(Column::Id)
            .limit(limit)
            .into_tuple()
            .all(self.0.reader())
            .await?;
        Ok(rows.into_iter().map(|(since, id)| Overdue { since, id: TicketId(id) }).collect())
    }
}

fn one(audience: Audience, id: TicketId) -> Select<Entity> {
    rows::tickets().filter(list::seen_by(audience)).filter(Column::Id.eq(id.uuid()))
}
