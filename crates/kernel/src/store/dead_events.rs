use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};

use super::{
    SeaOutbox, batches,
    entity::outbox::{Column, Entity, Model},
};
use crate::{
    EventId, StoreError, TenantId, Tx,
    outbox::{DeadEvent, DeadEvents},
};

#[async_trait]
impl DeadEvents for SeaOutbox {
    async fn list_dead(&self, after: Option<EventId>, limit: u64) -> Result<Vec<DeadEvent>, StoreError> {
        let mut dead = Entity::find().filter(Column::DeadAt.is_not_null());
        if let Some(after) = after {
            dead = dead.filter(Column::Id.gt(after.uuid()));
        }
        let rows = dead.order_by_asc(Column::Id).limit(limit).all(self.db.reader()).await?;
        Ok(rows.into_iter().filter_map(dead_event).collect())
    }

    async fn requeue_in(&self, tx: &mut Tx, ids: &[EventId]) -> Result<u64, StoreError> {
        let mut requeued = 0;
        for some in batches(ids, 1) {
            let changed = Entity::update_many()
                .col_expr(Column::DeadAt, Expr::value(Option::<DateTime<Utc>>::None))
                .col_expr(Column::NextAttemptAt, Expr::value(self.clock.now()))
                .col_expr(Column::Attempts, Expr::value(0))
                .filter(Column::Id.is_in(some.iter().map(|id| id.uuid())))
                .filter(Column::DeadAt.is_not_null())
                .exec(tx.executor())
                .await?;
            requeued += changed.rows_affected;
        }
        tx.wake_on_commit(&self.waker);
        Ok(requeued)
    }
}

fn dead_event(row: Model) -> Option<DeadEvent> {
    Some(DeadEvent {
        id: EventId(row.id),
        kind: row.kind,
        tenant_id: row.tenant_id.map(TenantId),
        attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
        last_error: row.last_error.unwrap_or_default(),
        occurred_at: row.occurred_at,
        dead_at: row.dead_at?,
    })
}
