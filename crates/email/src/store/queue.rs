use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{StoreError, Transactor, input::Word as _};
use platform::store::lease::{self, Leased};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, UpdateMany,
    sea_query::{Expr, Query, SelectStatement},
};
use tokio::sync::Notify;
use uuid::Uuid;

use super::{
    EmailStore,
    entity::notification_log::{Column, Entity},
    rows, settle,
};
use crate::{
    domain::{NotificationId, NotificationStatus as Status},
    repository::{Attempt, Backlog, MailQueue, Outcome, Queued},
};

impl Leased for Entity {
    type Id = Uuid;
    const ID: Column = Column::Id;
    const TENANT_ID: Column = Column::TenantId;
    const ATTEMPTS: Column = Column::Attempts;
    const FIRST_ATTEMPT_AT: Column = Column::FirstAttemptAt;
    const NEXT_ATTEMPT_AT: Column = Column::NextAttemptAt;
    const RANK_AT: Column = Column::RankAt;
}

#[async_trait]
impl MailQueue for EmailStore {
    fn waker(&self) -> Arc<Notify> {
        Arc::clone(&self.waker)
    }

    async fn claim(&self, limit: u64, lease: Duration) -> Result<Vec<Queued>, StoreError> {
        let mut tx = self.db.begin().await?;
        let now = self.clock.now();
        let changed = |claim: UpdateMany<Entity>| {
            claim
                .col_expr(Column::Version, Expr::col(Column::Version).add(1))
                .col_expr(Column::UpdatedAt, Expr::value(now))
        };
        let claimed = lease::claim_in(&mut tx, Condition::all(), limit, (now, now + lease), changed).await?;
        tx.commit().await?;
        let mut queued = Vec::with_capacity(claimed.len());
        let mut unreadable = Vec::new();
        for row in claimed {
            let (id, number) = (NotificationId(row.id), rows::attempts(row.attempts));
            match rows::queued(row) {
                Ok(message) => queued.push(message),
                Err(error) => {
                    tracing::error!(notification_id = %id, %error, "a message cannot be read; it is given up on");
                    let outcome = Outcome::Failed { error: "the stored message cannot be read".to_owned() };
                    unreadable.push(Attempt { id, number, outcome });
                }
            }
        }
        // They must not keep the others from being sent.
        if !unreadable.is_empty()
            && let Err(error) = settle::keep(self, None, &unreadable).await
        {
            tracing::error!(%error, "messages that cannot be read come again");
        }
        queued.sort_by_key(|it| (it.notification.created_at, it.notification.id));
        Ok(queued)
    }

    async fn settle(&self, provider: &str, attempts: &[Attempt]) -> Result<(), StoreError> {
        settle::keep(self, Some(provider), attempts).await
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        let reader = self.db.reader();
        let (pending, lag) = lease::waiting::<Entity>(reader, Condition::all(), self.clock.now()).await?;
        let failed = Entity::find().filter(Column::Status.eq(Status::Failed.as_str())).count(reader).await?;
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
            .filter(Column::Id.in_subquery(ids(ended.clone(), Column::Id, limit)))
            // Once more, for those that were queued again meanwhile.
            .filter(ended)
            .exec(tx.executor())
            .await?;
        tx.commit().await?;
        Ok(erased.rows_affected)
    }

    async fn delete_old(&self, before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError> {
        let old = Condition::all().add(Column::CreatedAt.lt(before)).add(Column::NextAttemptAt.is_null());
        let mut tx = self.db.begin().await?;
        let deleted = Entity::delete_many()
            .filter(Column::Id.in_subquery(ids(old.clone(), Column::CreatedAt, limit)))
            .filter(old)
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
