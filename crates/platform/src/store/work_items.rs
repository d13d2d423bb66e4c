use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{Clock, EventId, StoreError, TenantId, Transactor, Tx};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, DbErr, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter,
    sea_query::{Alias, Expr, OnConflict, Query, SelectStatement},
};
use serde_json::Value;
use tokio::sync::Notify;

use super::{
    entity::{
        paused_queue,
        work_item::{ActiveModel, Column, Entity, Model},
    },
    lease::{self, Leased},
};
use crate::{
    Database,
    queue::{Backlog, Claimed, Item, ItemId, NewItem, Outcome, Settled, WorkItems},
};

pub(super) const WAITING: &str = "WAITING";
pub(super) const DONE: &str = "DONE";
pub(super) const DEAD: [&str; 2] = ["FAILED", "UNKNOWN"];

impl Leased for Entity {
    type Id = i64;
    const ID: Column = Column::Id;
    const TENANT_ID: Column = Column::TenantId;
    const ATTEMPTS: Column = Column::Attempts;
    const FIRST_ATTEMPT_AT: Column = Column::FirstAttemptAt;
    const NEXT_ATTEMPT_AT: Column = Column::NextAttemptAt;
    const RANK_AT: Column = Column::RankAt;
}

/// The items of all queues in the database. Make one and share it: adding wakes only its own workers at once, those of
/// other nodes find the item when they next look.
#[derive(Clone)]
pub struct SeaWorkItems {
    pub(super) db: Database,
    pub(super) clock: Arc<dyn Clock>,
    wakers: Arc<Mutex<HashMap<String, Arc<Notify>>>>,
}

impl std::fmt::Debug for SeaWorkItems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SeaWorkItems").finish_non_exhaustive()
    }
}

impl SeaWorkItems {
    /// The items in this database.
    #[must_use]
    pub fn new(db: Database, clock: Arc<dyn Clock>) -> Self {
        Self { db, clock, wakers: Arc::default() }
    }

    /// Deletes up to `limit` items that were done more than `age` ago, and tells how many.
    ///
    /// # Errors
    /// What the store says.
    pub async fn sweep(&self, age: Duration, limit: u64) -> Result<u64, StoreError> {
        let old = Condition::all().add(Column::State.eq(DONE)).add(Column::EndedAt.lt(self.clock.now() - age));
        let old = Query::select().column(Column::Id).from(Entity).cond_where(old).limit(limit).to_owned();
        let mut tx = self.db.begin().await?;
        let deleted = Entity::delete_many().filter(Column::Id.in_subquery(old)).exec(tx.executor()).await?;
        tx.commit().await?;
        Ok(deleted.rows_affected)
    }
}

fn of(queue: &str) -> Condition {
    Condition::all().add(Column::Queue.eq(queue))
}

/// Unless the queue is paused.
fn not_paused(queue: &str) -> Expr {
    let paused = Query::select()
        .expr(Expr::value(1))
        .from(paused_queue::Entity)
        .and_where(paused_queue::Column::Queue.eq(queue))
        .to_owned();
    Expr::exists(paused).not()
}

/// Unless an earlier one of its sequence waits or is in hand.
fn first_of_its_sequence(queue: &str) -> Expr {
    let earlier = Alias::new("earlier");
    let column = |column: Column| Expr::col((earlier.clone(), column));
    let earlier: SelectStatement = Query::select()
        .expr(Expr::value(1))
        .from_as(Entity, earlier.clone())
        .and_where(column(Column::Queue).eq(queue))
        .and_where(column(Column::Sequence).eq(Expr::col((Entity, Column::Sequence))))
        .and_where(column(Column::NextAttemptAt).is_not_null())
        .and_where(column(Column::Id).lt(Expr::col((Entity, Column::Id))))
        .to_owned();
    Expr::exists(earlier).not()
}

#[async_trait]
impl WorkItems for SeaWorkItems {
    fn waker(&self, queue: &str) -> Arc<Notify> {
        let mut wakers = self.wakers.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(wakers.entry(queue.to_owned()).or_default())
    }

    async fn push_in(&self, tx: &mut Tx, queue: &str, item: NewItem<Value>) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let due = item.due.unwrap_or(now);
        let tenant = item.tenant_id.map(TenantId::uuid);
        let rank = lease::rank_in::<Entity>(tx, of(queue), tenant, due).await?;
        let row = ActiveModel {
            id: NotSet,
            queue: Set(queue.to_owned()),
            key: Set(item.key),
            tenant_id: Set(tenant),
            event_id: Set(item.event_id.map(EventId::uuid)),
            sequence: Set(item.sequence),
            payload: Set(item.payload),
            state: Set(WAITING.to_owned()),
            attempts: Set(0),
            rank_at: Set(Some(rank)),
            next_attempt_at: Set(Some(due)),
            first_attempt_at: Set(None),
            ended_at: Set(None),
            last_error: Set(None),
            created_at: Set(now),
        };
        let once = OnConflict::columns([Column::Queue, Column::Key]).do_nothing().to_owned();
        let added = match Entity::insert(row).on_conflict(once).exec_without_returning(tx.executor()).await {
            Ok(rows) => rows > 0,
            Err(DbErr::RecordNotInserted) => false,
            Err(error) => return Err(error.into()),
        };
        if added {
            tx.wake_on_commit(&self.waker(queue));
        }
        Ok(added)
    }

    async fn claim(&self, queue: &str, limit: u64, lease: Duration) -> Result<Vec<Claimed>, StoreError> {
        let now = self.clock.now();
        let which = of(queue).add(not_paused(queue)).add(first_of_its_sequence(queue));
        let mut tx = self.db.begin().await?;
        let mut rows = lease::claim_in::<Entity>(&mut tx, which, limit, (now, now + lease), |claim| claim).await?;
        tx.commit().await?;
        rows.sort_by_key(|row| (row.rank_at, row.id));
        Ok(rows.into_iter().map(claimed).collect())
    }

    async fn settle(&self, outcomes: &[Settled]) -> Result<(), StoreError> {
        let now = self.clock.now();
        let done: Vec<_> = outcomes.iter().filter(|it| it.outcome == Outcome::Done).map(|it| it.id.0).collect();
        let nothing = || Expr::value(Option::<DateTime<Utc>>::None);
        let mut tx = self.db.begin().await?;
        if !done.is_empty() {
            Entity::update_many()
                .col_expr(Column::State, Expr::value(DONE))
                .col_expr(Column::NextAttemptAt, nothing())
                .col_expr(Column::EndedAt, Expr::value(now))
                .col_expr(Column::LastError, Expr::value(Option::<String>::None))
                .filter(Column::Id.is_in(done))
                .filter(Column::State.ne(DONE))
                .exec(tx.executor())
                .await?;
        }
        // Failures are few, and each has its own time and text.
        for Settled { id, attempt, outcome } in outcomes {
            let (state, next, why) = match outcome {
                Outcome::Done => continue,
                Outcome::Retry { at, why } => (WAITING, Some(at.unwrap_or(now)), why),
                Outcome::Failed { why } => ("FAILED", None, why),
                Outcome::Unknown { why } => ("UNKNOWN", None, why),
            };
            Entity::update_many()
                .col_expr(Column::State, Expr::value(state))
                .col_expr(Column::NextAttemptAt, Expr::value(next))
                .col_expr(Column::RankAt, Expr::value(next))
                .col_expr(Column::EndedAt, Expr::value(next.is_none().then_some(now)))
                .col_expr(Column::LastError, Expr::value(why.as_str()))
                .filter(Column::Id.eq(id.0))
                .filter(Column::State.eq(WAITING))
                .filter(Column::Attempts.eq(i32::try_from(*attempt).unwrap_or(i32::MAX)))
                .exec(tx.executor())
                .await?;
        }
        tx.commit().await
    }

    async fn backlog(&self, queue: Option<&str>) -> Result<Backlog, StoreError> {
        let which = || queue.map_or_else(|| Condition::all().add(Column::EventId.is_not_null()), of);
        let (pending, lag) = lease::waiting::<Entity>(self.db.reader(), which(), self.clock.now()).await?;
        let dead = Entity::find().filter(which()).filter(Column::State.is_in(DEAD)).count(self.db.reader()).await?;
        Ok(Backlog { pending, dead, lag })
    }
}

fn claimed(row: Model) -> Claimed {
    Item {
        id: ItemId(row.id),
        payload: row.payload,
        tenant_id: row.tenant_id.map(TenantId),
        event_id: row.event_id.map(EventId),
        attempt: attempts(row.attempts),
        first_attempt_at: row.first_attempt_at.unwrap_or(row.created_at),
        created_at: row.created_at,
    }
}

pub(super) fn attempts(stored: i32) -> u32 {
    u32::try_from(stored).unwrap_or(u32::MAX)
}
