use std::collections::HashMap;

use async_trait::async_trait;
use chrono::NaiveDate;
use kernel::{Database, StoreError, TenantId, Tx, store::batches};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use super::{
    entity::{
        api_call_days::{ActiveModel, Column, Entity},
        tenants,
    },
    rows,
};
use crate::repository::{ApiCallRepository, CallDay, UnmeteredDay};

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

    async fn add_in(&self, tx: &mut Tx, more: &[(TenantId, NaiveDate, u64)]) -> Result<Vec<CallDay>, StoreError> {
        let mut plans: HashMap<Uuid, String> = HashMap::with_capacity(more.len());
        for some in batches(more, 1) {
            let found: Vec<(Uuid, String)> = tenants::Entity::find()
                .select_only()
                .columns([tenants::Column::Id, tenants::Column::Plan])
                .filter(tenants::Column::Id.is_in(some.iter().map(|(tenant, ..)| tenant.uuid())))
                .into_tuple()
                .all(tx.executor())
                .await?;
            plans.extend(found);
        }
        let mut known: Vec<_> = more.iter().filter(|(tenant, ..)| plans.contains_key(&tenant.uuid())).collect();
        // Always in the same order: two nodes that count the same workshops then wait, and never deadlock.
        known.sort_unstable();
        let mut days = Vec::with_capacity(known.len());
        for some in batches(&known, 5) {
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
            for row in rows {
                days.push(call_day(&row, plans.get(&row.tenant_id))?);
            }
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
        let living = tenants::Entity::find()
            .select_only()
            .column(tenants::Column::Id)
            .filter(tenants::Column::DeletedAt.is_null())
            .into_query();
        let mut query = Entity::find()
            .filter(Expr::col(Column::Calls).gt(Expr::col(Column::Metered)))
            .filter(Column::TenantId.in_subquery(living));
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

fn call_day(row: &super::entity::api_call_days::Model, plan: Option<&String>) -> Result<CallDay, StoreError> {
    Ok(CallDay {
        tenant_id: row.tenant_id.into(),
        day: row.day,
        calls: count(row.calls),
        plan: rows::word("tenants.plan", plan.map_or("", String::as_str))?,
        announced: u32::try_from(row.announced).unwrap_or_default(),
    })
}

fn count(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or_default()
}
