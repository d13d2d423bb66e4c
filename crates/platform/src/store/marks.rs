use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{Clock, Entropy, StoreError, Transactor};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, DbErr, EntityTrait, ExprTrait, QueryFilter,
    sea_query::{CaseStatement, Expr, OnConflict},
};

use super::entity::scheduled_mark::{ActiveModel, Column, Entity};
use crate::{
    Database,
    jobs::{ScheduleMarks, TickLease},
};

/// Marks of scheduled jobs in the database.
pub struct SeaScheduleMarks {
    db: Database,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for SeaScheduleMarks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SeaScheduleMarks").finish_non_exhaustive()
    }
}

impl SeaScheduleMarks {
    /// Marks in this database.
    #[must_use]
    pub fn new(db: Database, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { db, clock, entropy }
    }
}

/// The mark while this lease holds it.
fn held(lease: &TickLease) -> Condition {
    Condition::all()
        .add(Column::Name.eq(lease.name.as_str()))
        .add(Column::Holder.eq(lease.holder))
        .add(Column::FinishedAt.is_null())
}

#[async_trait]
impl ScheduleMarks for SeaScheduleMarks {
    async fn claim(&self, name: &str, tick: DateTime<Utc>, lease: Duration) -> Result<Option<TickLease>, StoreError> {
        let now = self.clock.now();
        let mark = ActiveModel {
            name: Set(name.to_owned()),
            tick: Set(tick),
            holder: Set(self.entropy.uuid_v7(now)),
            attempt: Set(1),
            lease_until: Set(now + lease),
            claimed_at: Set(now),
            finished_at: Set(None),
            last_error: Set(None),
        };
        let old = |column: Column| Expr::col((Entity, column));
        let new_tick = Condition::all().add(old(Column::FinishedAt).is_not_null()).add(old(Column::Tick).lt(tick));
        let left = Condition::all().add(old(Column::FinishedAt).is_null()).add(old(Column::LeaseUntil).lte(now));
        // What was not finished is tried again, and counts on, also when the next tick has come meanwhile.
        let attempt = CaseStatement::new()
            .case(old(Column::FinishedAt).is_null(), old(Column::Attempt).add(1))
            .finally(Expr::value(1));
        let take_over = OnConflict::column(Column::Name)
            .update_columns([Column::Tick, Column::Holder, Column::LeaseUntil, Column::ClaimedAt, Column::FinishedAt])
            .value(Column::Attempt, attempt)
            .action_cond_where(Condition::any().add(new_tick).add(left))
            .to_owned();
        let mut tx = self.db.begin().await?;
        // bound: one
        match Entity::insert(mark).on_conflict(take_over).exec_with_returning(tx.executor()).await {
            Ok(row) => {
                tx.commit().await?;
                let attempt = u32::try_from(row.attempt).unwrap_or(u32::MAX);
                Ok(Some(TickLease { name: row.name, holder: row.holder, attempt }))
            }
            Err(DbErr::RecordNotInserted | DbErr::RecordNotFound(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn hold(&self, lease: &TickLease, until: DateTime<Utc>, error: Option<String>) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let held = Entity::update_many()
            .col_expr(Column::LeaseUntil, Expr::value(until))
            .col_expr(Column::LastError, Expr::value(error))
            .filter(held(lease))
            .exec(tx.executor())
            .await?;
        tx.commit().await?;
        Ok(held.rows_affected == 1)
    }

    async fn finish(&self, lease: &TickLease, error: Option<String>) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        Entity::update_many()
            .col_expr(Column::FinishedAt, Expr::value(self.clock.now()))
            .col_expr(Column::LastError, Expr::value(error))
            .filter(held(lease))
            .exec(tx.executor())
            .await?;
        tx.commit().await
    }
}
