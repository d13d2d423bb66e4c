use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockBehavior, LockType, Query, SelectStatement},
};
use tokio::sync::Notify;
use uuid::Uuid;

use super::entity::outbox::{ActiveModel, Column, Entity, Model};
use crate::{
    Clock, Database, Entropy, EventId, StoreError, TenantId, Transactor, Tx,
    outbox::{Backlog, Event, EventQueue, NewEvent, Outbox, Outcome},
};

/// The outbox in the database, both ends of it.
#[derive(Clone)]
pub struct SeaOutbox {
    pub(super) db: Database,
    pub(super) clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    pub(super) waker: Arc<Notify>,
}

impl std::fmt::Debug for SeaOutbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SeaOutbox").finish_non_exhaustive()
    }
}

impl SeaOutbox {
    /// An outbox on this database. Make one and share it: publishing wakes only its own relay at once, the
    /// relays of other nodes find the event when they next look.
    pub fn new(db: Database, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { db, clock, entropy, waker: Arc::new(Notify::new()) }
    }

    /// Deletes up to `limit` events that were handled more than `age` ago, and erases the secrets of up to as many that were
    /// given up on by then. Tells how many rows it touched; call again while that is not zero.
    ///
    /// # Errors
    /// What the store says.
    pub async fn sweep(&self, age: Duration, limit: u64) -> Result<u64, StoreError> {
        let before = self.clock.now() - age;
        let old = ids(Condition::all().add(Column::DoneAt.lt(before)), Column::DoneAt, limit);
        let stale = Condition::all().add(Column::DeadAt.lt(before)).add(Column::Secret.is_not_null());
        let stale = ids(stale, Column::DeadAt, limit);
        let mut tx = self.db.begin().await?;
        let deleted = Entity::delete_many().filter(Column::Id.in_subquery(old)).exec(tx.executor()).await?;
        let erased = Entity::update_many()
            .col_expr(Column::Secret, Expr::value(Option::<String>::None))
            .filter(Column::Id.in_subquery(stale))
            .exec(tx.executor())
            .await?;
        tx.commit().await?;
        Ok(deleted.rows_affected + erased.rows_affected)
    }
}

/// The ids of up to `limit` rows, smallest `order` first.
fn ids(which: Condition, order: Column, limit: u64) -> SelectStatement {
    Query::select()
        .column(Column::Id)
        .from(Entity)
        .cond_where(which)
        .order_by(order, sea_orm::Order::Asc)
        .limit(limit)
        .to_owned()
}

/// Takes due rows. They are chosen by a statement of their own: PostgreSQL may run a subquery that skips locked rows anew
/// for each row of the update, and would then take more than `limit`.
async fn claim_in(tx: &mut Tx, limit: u64, now: DateTime<Utc>, lease: Duration) -> Result<Vec<Model>, StoreError> {
    let due: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(open().add(Column::NextAttemptAt.lte(now)))
        .order_by_asc(Column::NextAttemptAt)
        .limit(limit)
        // On PostgreSQL two nodes pass each other by; SQLite has one writer and writes no such clause.
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .into_tuple()
        .all(tx.executor())
        .await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let claimed = Entity::update_many()
        .col_expr(Column::NextAttemptAt, Expr::value(now + lease))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::Id.is_in(due))
        .exec_with_returning(tx.executor())
        .await?;
    Ok(claimed)
}

/// Neither handled nor given up on; what the index of due events covers.
fn open() -> Condition {
    Condition::all().add(Column::DoneAt.is_null()).add(Column::DeadAt.is_null())
}

#[async_trait]
impl Outbox for SeaOutbox {
    async fn publish_in(&self, tx: &mut Tx, event: NewEvent) -> Result<EventId, StoreError> {
        let now = self.clock.now();
        let id = EventId(self.entropy.uuid_v7(now));
        let row = ActiveModel {
            id: Set(id.uuid()),
            kind: Set(event.kind.to_owned()),
            subject: Set(event.subject),
            tenant_id: Set(event.tenant_id.map(TenantId::uuid)),
            payload: Set(event.payload),
            secret: Set(event.secret.map(|sealed| sealed.to_string())),
            occurred_at: Set(now),
            attempts: Set(0),
            next_attempt_at: Set(now),
            done_at: Set(None),
            dead_at: Set(None),
            last_error: Set(None),
        };
        Entity::insert(row).exec_without_returning(tx.executor()).await?;
        tx.wake_on_commit(&self.waker);
        Ok(id)
    }
}

#[async_trait]
impl EventQueue for SeaOutbox {
    fn waker(&self) -> Arc<Notify> {
        Arc::clone(&self.waker)
    }

    async fn claim(&self, limit: u64, lease: Duration) -> Result<Vec<Event>, StoreError> {
        let mut tx = self.db.begin().await?;
        let rows = claim_in(&mut tx, limit, self.clock.now(), lease).await?;
        tx.commit().await?;
        let mut events = Vec::with_capacity(rows.len());
        let mut unreadable = Vec::new();
        for row in rows {
            let (id, attempt) = (EventId(row.id), attempt(&row));
            match event(row) {
                Ok(event) => events.push(event),
                Err(error) => unreadable.push((id, attempt, Outcome::Dead { error: error.to_string() })),
            }
        }
        if !unreadable.is_empty() {
            tracing::error!(count = unreadable.len(), "events that cannot be read are given up on");
            // They must not keep the others from being handed on.
            if let Err(error) = self.settle(&unreadable).await {
                tracing::error!(%error, "events that cannot be read come again");
            }
        }
        events.sort_by_key(|event| event.id);
        Ok(events)
    }

    async fn settle(&self, outcomes: &[(EventId, u32, Outcome)]) -> Result<(), StoreError> {
        let now = self.clock.now();
        let done: Vec<_> = outcomes.iter().filter(|it| it.2 == Outcome::Done).map(|it| it.0.uuid()).collect();
        let mut tx = self.db.begin().await?;
        if !done.is_empty() {
            Entity::update_many()
                .col_expr(Column::DoneAt, Expr::value(now))
                .col_expr(Column::DeadAt, Expr::value(Option::<DateTime<Utc>>::None))
                .col_expr(Column::Secret, Expr::value(Option::<String>::None))
                .col_expr(Column::LastError, Expr::value(Option::<String>::None))
                .filter(Column::Id.is_in(done))
                .filter(Column::DoneAt.is_null())
                .exec(tx.executor())
                .await?;
        }
        // Failures are few, and each has its own time and text.
        for (id, attempt, outcome) in outcomes {
            let (column, at, error) = match outcome {
                Outcome::Done => continue,
                Outcome::Again { at, error } => (Column::NextAttemptAt, *at, error),
                Outcome::Dead { error } => (Column::DeadAt, now, error),
            };
            Entity::update_many()
                .col_expr(column, Expr::value(at))
                .col_expr(Column::LastError, Expr::value(error.as_str()))
                .filter(open().add(Column::Id.eq(id.uuid())).add(Column::Attempts.eq(*attempt)))
                .exec(tx.executor())
                .await?;
        }
        tx.commit().await
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        let pending = Entity::find().filter(open()).count(self.db.reader()).await?;
        let dead = Entity::find().filter(Column::DeadAt.is_not_null()).count(self.db.reader()).await?;
        let oldest: Option<DateTime<Utc>> = Entity::find()
            .select_only()
            .column(Column::NextAttemptAt)
            .filter(open())
            .order_by_asc(Column::NextAttemptAt)
            .into_tuple()
            .one(self.db.reader())
            .await?;
        let lag = oldest.and_then(|due| (self.clock.now() - due).to_std().ok()).unwrap_or_default();
        Ok(Backlog { pending, dead, lag })
    }
}

fn attempt(row: &Model) -> u32 {
    u32::try_from(row.attempts).unwrap_or(u32::MAX)
}

fn event(row: Model) -> Result<Event, StoreError> {
    let attempt = attempt(&row);
    let secret = row.secret.map(|text| text.parse()).transpose();
    Ok(Event {
        id: EventId(row.id),
        kind: row.kind,
        subject: row.subject,
        tenant_id: row.tenant_id.map(TenantId),
        payload: row.payload,
        secret: secret.map_err(|error| StoreError::corrupt("outbox.secret", error))?,
        occurred_at: row.occurred_at,
        attempt,
    })
}
