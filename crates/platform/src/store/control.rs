use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{EventId, StoreError, TenantId, Tx};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};

use super::{
    SeaWorkItems, batches,
    entity::{
        paused_queue,
        work_item::{Column, Entity, Model},
    },
    work_items::{DEAD, WAITING, attempts},
};
use crate::queue::{ItemFilter, ItemId, ListedItem, QueueControl, WorkItems as _};

#[async_trait]
impl QueueControl for SeaWorkItems {
    async fn list(&self, filter: &ItemFilter, limit: u64) -> Result<Vec<ListedItem>, StoreError> {
        let which = Condition::all()
            .add_option(filter.queue.as_deref().map(|queue| Column::Queue.eq(queue)))
            .add_option(filter.event_id.map(|id| Column::EventId.eq(id.uuid())))
            .add_option(filter.after.map(|after| Column::Id.gt(after.0)))
            .add_option(filter.events.then(|| Column::EventId.is_not_null()))
            .add_option(filter.dead.then(|| Column::State.is_in(DEAD)));
        let rows = Entity::find().filter(which).order_by_asc(Column::Id).limit(limit).all(self.db.reader()).await?;
        Ok(rows.into_iter().map(listed).collect())
    }

    async fn requeue_in(&self, tx: &mut Tx, ids: &[ItemId]) -> Result<u64, StoreError> {
        let now = self.clock.now();
        let nothing = || Expr::value(Option::<DateTime<Utc>>::None);
        let mut requeued = 0;
        for some in batches(ids, 1) {
            // bound: the batch
            let changed = Entity::update_many()
                .col_expr(Column::State, Expr::value(WAITING))
                .col_expr(Column::NextAttemptAt, Expr::value(now))
                .col_expr(Column::RankAt, Expr::value(now))
                .col_expr(Column::FirstAttemptAt, nothing())
                .col_expr(Column::EndedAt, nothing())
                .col_expr(Column::Attempts, Expr::value(0))
                .filter(Column::Id.is_in(some.iter().map(|id| id.0)))
                .filter(Column::State.is_in(DEAD))
                .exec_with_returning(tx.executor())
                .await?;
            for row in &changed {
                tx.wake_on_commit(&self.waker(&row.queue));
            }
            requeued += u64::try_from(changed.len()).unwrap_or(u64::MAX);
        }
        Ok(requeued)
    }

    async fn pause_in(&self, tx: &mut Tx, queue: &str) -> Result<(), StoreError> {
        let row = paused_queue::ActiveModel { queue: Set(queue.to_owned()), created_at: Set(self.clock.now()) };
        let again = OnConflict::column(paused_queue::Column::Queue).do_nothing().to_owned();
        match paused_queue::Entity::insert(row).on_conflict(again).exec_without_returning(tx.executor()).await {
            Ok(_) | Err(sea_orm::DbErr::RecordNotInserted) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn resume_in(&self, tx: &mut Tx, queue: &str) -> Result<(), StoreError> {
        paused_queue::Entity::delete_by_id(queue.to_owned()).exec(tx.executor()).await?;
        tx.wake_on_commit(&self.waker(queue));
        Ok(())
    }

    async fn list_paused(&self) -> Result<Vec<String>, StoreError> {
        // bound: as many as there are queues
        let rows = paused_queue::Entity::find().order_by_asc(paused_queue::Column::Queue).all(self.db.reader()).await?;
        Ok(rows.into_iter().map(|row| row.queue).collect())
    }
}

fn listed(row: Model) -> ListedItem {
    ListedItem {
        id: ItemId(row.id),
        queue: row.queue,
        state: row.state,
        tenant_id: row.tenant_id.map(TenantId),
        event_id: row.event_id.map(EventId),
        attempts: attempts(row.attempts),
        last_error: row.last_error.unwrap_or_default(),
        created_at: row.created_at,
        next_attempt_at: row.next_attempt_at,
    }
}
