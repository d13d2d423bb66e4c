use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use kernel::{StoreError, TenantId, Tx};
use platform::{Database, store::batches};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, OnConflict},
};

use super::entity::{
    api_call_days::{ActiveModel, Column, Entity, Model},
    api_call_flushes,
};
use crate::repository::{ApiCallRepository, CallDay, Counted, FlushId, UnmeteredDay};

/// [`ApiCallRepository`] over the database.
#[derive(Debug, Clone)]
pub struct ApiCallStore(Database);

impl ApiCallStore {
    /// A store on this database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait]
impl ApiCallRepository for ApiCallStore {
    async fn find(&self, tenant: TenantId, day: NaiveDate) -> Result<u64, StoreError> {
        let row = Entity::find_by_id((tenant.uuid(), day)).one(self.0.reader()).await?;
        Ok(row.map_or(0, |row| count(row.calls)))
    }

    async fn note_flush_in(&self, tx: &mut Tx, flush: FlushId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        use api_call_flushes::{ActiveModel, Column, Entity};
        let row = ActiveModel {
            node_id: Set(flush.node),
            batch: Set(flush.batch),
            created_at: Set(now),
            updated_at: Set(now),
        };
        let later = OnConflict::column(Column::NodeId)
            .update_columns([Column::Batch, Column::UpdatedAt])
            .action_and_where(Expr::col((Entity, Column::Batch)).lt(flush.batch))
            .to_owned();
        let noted = Entity::insert(row).on_conflict(later).exec_without_returning(tx.executor()).await?;
        Ok(noted == 1)
    }

    async fn delete_old_flushes_in(&self, tx: &mut Tx, before: DateTime<Utc>) -> Result<u64, StoreError> {
        use api_call_flushes::{Column, Entity};
        let deleted = Entity::delete_many().filter(Column::UpdatedAt.lt(before)).exec(tx.executor()).await?;
        Ok(deleted.rows_affected)
    }

    async fn add_in(&self, tx: &mut Tx, more: &[Counted]) -> Result<Vec<CallDay>, StoreError> {
        let mut more: Vec<_> = more.iter().collect();
        // Always in the same order: two nodes that count the same workshops then wait, and never deadlock.
        more.sort_unstable();
        let mut days = Vec::with_capacity(more.len());
        for some in batches(&more, 5) {
            let new = some.iter().map(|(tenant, day, calls)| ActiveModel {
                tenant_id: Set(tenant.uuid()),
                day: Set(*day),
                calls: Set(i64::try_from(*calls).unwrap_or(i64::MAX)),
                announced: Set(0),
                metered: Set(0),
            });
            let add = Expr::col((Entity, Column::Calls)).add(Expr::cust("excluded.\"calls\""));
            let add = OnConflict::columns([Column::TenantId, Column::Day]).value(Column::Calls, add).to_owned();
            let rows = Entity::insert_many(new).on_conflict(add).exec_with_returning(tx.executor()).await?;
            days.extend(rows.iter().map(call_day));
        }
        Ok(days)
    }

    async fn mark_announced_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        day: NaiveDate,
        level: u32,
    ) -> Result<bool, StoreError> {
        let level = i32::try_from(level).unwrap_or(i32::MAX);
        let marked = Entity::update_many()
            .col_expr(Column::Announced, Expr::value(level))
            .filter(Column::TenantId.eq(tenant.uuid()))
            .filter(Column::Day.eq(day))
            .filter(Column::Announced.lt(level))
            .exec(tx.executor())
            .await?;
        Ok(marked.rows_affected == 1)
    }

    async fn list_unmetered(
        &self,
        after: Option<(NaiveDate, TenantId)>,
        limit: u64,
    ) -> Result<Vec<UnmeteredDay>, StoreError> {
        let mut query = Entity::find().filter(Expr::col(Column::Calls).gt(Expr::col(Column::Metered)));
        if let Some((day, tenant)) = after {
            let same_day = Column::Day.eq(day).and(Column::TenantId.gt(tenant.uuid()));
            query = query.filter(Column::Day.gt(day).or(same_day));
        }
        let query = query.order_by_asc(Column::Day).order_by_asc(Column::TenantId).limit(limit);
        let rows = query.all(self.0.reader()).await?.into_iter();
        Ok(rows
            .map(|row| UnmeteredDay {
                tenant_id: row.tenant_id.into(),
                day: row.day,
                calls: count(row.calls),
                metered: count(row.metered),
            })
            .collect())
    }

    async fn mark_metered_in(&self, tx: &mut Tx, day: &UnmeteredDay) -> Result<bool, StoreError> {
        let stored = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let marked = Entity::update_many()
            .col_expr(Column::Metered, Expr::value(stored(day.calls)))
            .filter(Column::TenantId.eq(day.tenant_id.uuid()))
            .filter(Column::Day.eq(day.day))
            .filter(Column::Metered.eq(stored(day.metered)))
            .exec(tx.executor())
            .await?;
        Ok(marked.rows_affected == 1)
    }

    async fn delete_old_in(&self, tx: &mut Tx, before: NaiveDate, limit: u64) -> Result<u64, StoreError> {
        // All of one day at most: days are deleted as they get old, and a day has a row a workshop.
        let oldest = Entity::find()
            .select_only()
            .column(Column::TenantId)
            .filter(Column::Day.lt(before))
            .limit(limit)
            .into_query();
        let deleted = Entity::delete_many()
            .filter(Column::Day.lt(before))
            .filter(Column::TenantId.in_subquery(oldest))
            .exec(tx.executor())
            .await?;
        Ok(deleted.rows_affected)
    }
}

fn call_day(row: &Model) -> CallDay {
    CallDay {
        tenant_id: row.tenant_id.into(),
        day: row.day,
        calls: count(row.calls),
        announced: u32::try_from(row.announced).unwrap_or_default(),
    }
}

fn count(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or_default()
}
