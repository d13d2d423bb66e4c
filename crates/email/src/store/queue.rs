use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{StoreError, Transactor, Tx};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, UpdateMany,
    sea_query::{Expr, LockBehavior, LockType, Query, SelectStatement},
};
use tokio::sync::Notify;

use super::{
    EmailStore,
    entity::notification_log::{Column, Entity},
    rows,
};
use crate::{
    domain::{NotificationId, NotificationStatus as Status},
    repository::{Attempt, Backlog, MailQueue, Outcome, Queued},
};

#[async_trait]
impl MailQueue for EmailStore {
    fn waker(&self) -> Arc<Notify> {
        Arc::clone(&self.waker)
    }

    async fn claim(&self, limit: u64, lease: Duration) -> Result<Vec<Queued>, StoreError> {
        let now = self.clock.now();
        let mut due = ids(Condition::all().add(Column::NextAttemptAt.lte(now)), Column::NextAttemptAt, limit);
        // On PostgreSQL two nodes pass each other by; SQLite has one writer and writes no such clause.
        due.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        let claimed = Entity::update_many()
            .col_expr(Column::NextAttemptAt, Expr::value(now + lease))
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .col_expr(Column::FirstAttemptAt, Expr::col(Column::FirstAttemptAt).if_null(now))
            .filter(Column::Id.in_subquery(due))
            .exec_with_returning(self.db.writer())
            .await?;
        let mut queued = Vec::with_capacity(claimed.len());
        for row in claimed {
            let (id, number) = (NotificationId(row.id), rows::attempts(row.attempts));
            match rows::queued(row) {
                Ok(message) => queued.push(message),
                // It must not keep the others from being sent.
                Err(error) => {
                    tracing::error!(notification_id = %id, %error, "a message cannot be read; it is given up on");
                    let outcome = Outcome::Failed { error: "the stored message cannot be read".to_owned() };
                    self.settle("none", &[Attempt { id, number, outcome }]).await?;
                }
            }
        }
        queued.sort_by_key(|it| (it.notification.created_at, it.notification.id));
        Ok(queued)
    }

    async fn settle(&self, provider: &str, attempts: &[Attempt]) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        for attempt in attempts {
            settle_in(&mut tx, provider, attempt, self.clock.now()).await?;
        }
        tx.commit().await
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        let reader = self.db.reader();
        let pending = Entity::find().filter(Column::NextAttemptAt.is_not_null()).count(reader).await?;
        let failed = Entity::find().filter(Column::Status.eq(Status::Failed.as_str())).count(reader).await?;
        let oldest: Option<Option<DateTime<Utc>>> = Entity::find()
            .select_only()
            .column(Column::NextAttemptAt)
            .filter(Column::NextAttemptAt.is_not_null())
            .order_by_asc(Column::NextAttemptAt)
            .into_tuple()
            .one(reader)
            .await?;
        let lag = oldest.flatten().and_then(|due| (self.clock.now() - due).to_std().ok()).unwrap_or_default();
        Ok(Backlog { pending, failed, lag })
    }

    async fn erase_secrets(&self, ended_before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError> {
        let ended = Condition::all()
            .add(Column::Secret.is_not_null())
            .add(Column::NextAttemptAt.is_null())
            .add(Column::UpdatedAt.lt(ended_before));
        let mut tx = self.db.begin().await?;
        let erased = Entity::update_many()
            .col_expr(Column::Secret, Expr::value(Option::<String>::None))
            .filter(Column::Id.in_subquery(ids(ended, Column::Id, limit)))
            .exec(tx.executor())
            .await?;
        tx.commit().await?;
        Ok(erased.rows_affected)
    }

    async fn delete_old(&self, before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError> {
        let old = Condition::all().add(Column::CreatedAt.lt(before)).add(Column::NextAttemptAt.is_null());
        let mut tx = self.db.begin().await?;
        let deleted = Entity::delete_many()
            .filter(Column::Id.in_subquery(ids(old, Column::CreatedAt, limit)))
            .exec(tx.executor())
            .await?;
        tx.commit().await?;
        Ok(deleted.rows_affected)
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

async fn settle_in(tx: &mut Tx, provider: &str, attempt: &Attempt, now: DateTime<Utc>) -> Result<(), StoreError> {
    let waiting = |status: Status| {
        Entity::update_many()
            .col_expr(Column::Status, Expr::value(status.as_str()))
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .col_expr(Column::UpdatedAt, Expr::value(now))
            .filter(Column::Id.eq(attempt.id.uuid()))
            .filter(Column::Status.eq(Status::Pending.as_str()))
    };
    // An attempt that lost its lease to another has no say, unless it has sent the message.
    let mine = |update: UpdateMany<Entity>| {
        update.filter(Column::Attempts.eq(i32::try_from(attempt.number).unwrap_or(i32::MAX)))
    };
    let no_time = || Expr::value(Option::<DateTime<Utc>>::None);
    let no_text = || Expr::value(Option::<String>::None);
    let update = match &attempt.outcome {
        Outcome::Sent { provider_message_id } => waiting(Status::Sent)
            .col_expr(Column::NextAttemptAt, no_time())
            .col_expr(Column::Provider, Expr::value(provider))
            .col_expr(Column::ProviderMessageId, Expr::value(provider_message_id.clone()))
            .col_expr(Column::SentAt, Expr::value(now))
            .col_expr(Column::Secret, no_text())
            .col_expr(Column::ErrorMessage, no_text()),
        Outcome::Again { at, error } => mine(waiting(Status::Pending))
            .col_expr(Column::NextAttemptAt, Expr::value(*at))
            .col_expr(Column::Provider, Expr::value(provider))
            .col_expr(Column::ErrorMessage, Expr::value(error.as_str())),
        Outcome::Failed { error } => mine(waiting(Status::Failed))
            .col_expr(Column::NextAttemptAt, no_time())
            .col_expr(Column::Provider, Expr::value(provider))
            .col_expr(Column::ErrorMessage, Expr::value(error.as_str())),
        Outcome::Suppressed => mine(waiting(Status::Suppressed)).col_expr(Column::NextAttemptAt, no_time()),
    };
    update.exec(tx.executor()).await?;
    Ok(())
}
