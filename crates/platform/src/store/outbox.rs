use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use kernel::{
    Clock, Entropy, EventId, StoreError, TenantId, Transactor, Tx,
    outbox::{DomainEvent, NewEvent, Outbox, WrittenEvent},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait as _, Query},
};
use serde_json::json;

use super::{
    SeaWorkItems, batches,
    entity::{
        outbox::{ActiveModel, Column, Entity, Model},
        work_item,
    },
    work_items::DONE,
};
use crate::{
    Database,
    events::{Event, EventLog, Subscription},
    queue::{NewItem, WorkItems as _},
};

/// The events in the database.
#[derive(Clone)]
pub struct SeaOutbox {
    db: Database,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    items: SeaWorkItems,
    subscriptions: Arc<[Subscription]>,
}

impl std::fmt::Debug for SeaOutbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SeaOutbox").field("subscriptions", &self.subscriptions).finish_non_exhaustive()
    }
}

impl SeaOutbox {
    /// An outbox in this database that nobody subscribes to.
    pub fn new(db: Database, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        let items = SeaWorkItems::new(db.clone(), Arc::clone(&clock));
        Self { db, clock, entropy, items, subscriptions: Arc::default() }
    }

    /// The same, with deliveries to these consumers from now on.
    #[must_use]
    pub fn delivering(self, items: SeaWorkItems, subscriptions: Vec<Subscription>) -> Self {
        Self { items, subscriptions: subscriptions.into(), ..self }
    }

    /// Deletes up to `limit` events that happened more than `age` ago and wait for nobody, and tells how many.
    ///
    /// # Errors
    /// What the store says.
    pub async fn sweep(&self, age: Duration, limit: u64) -> Result<u64, StoreError> {
        use work_item::Column as Item;
        let open = Query::select()
            .expr(Expr::value(1))
            .from(work_item::Entity)
            .and_where(Expr::col((work_item::Entity, Item::EventId)).eq(Expr::col((Entity, Column::Id))))
            .and_where(Expr::col((work_item::Entity, Item::State)).ne(DONE))
            .to_owned();
        let old = Query::select()
            .column(Column::Id)
            .from(Entity)
            .and_where(Column::OccurredAt.lt(self.clock.now() - age))
            .and_where(Expr::exists(open).not())
            .limit(limit)
            .to_owned();
        let mut tx = self.db.begin().await?;
        let deleted = Entity::delete_many().filter(Column::Id.in_subquery(old)).exec(tx.executor()).await?;
        tx.commit().await?;
        Ok(deleted.rows_affected)
    }
}

#[async_trait]
impl<E: DomainEvent> Outbox<E> for SeaOutbox {
    async fn publish_in(&self, tx: &mut Tx, event: NewEvent<E>) -> Result<EventId, StoreError> {
        let now = self.clock.now();
        let id = EventId(self.entropy.uuid_v7(now));
        let WrittenEvent { kind, subject, tenant_id, payload } = event.written()?;
        let row = ActiveModel {
            id: Set(id.uuid()),
            kind: Set(kind.clone()),
            subject: Set(subject.clone()),
            tenant_id: Set(tenant_id.map(TenantId::uuid)),
            payload: Set(payload),
            occurred_at: Set(now),
            next_attempt_at: Set(now),
            done_at: Set(Some(now)),
        };
        Entity::insert(row).exec_without_returning(tx.executor()).await?;
        for subscription in self.subscriptions.iter().filter(|it| it.wants(&kind)) {
            let delivery = NewItem {
                tenant_id,
                sequence: subscription.in_order.then(|| subject.clone()),
                event_id: Some(id),
                ..NewItem::new(json!({}))
            };
            self.items.push_in(tx, subscription.consumer, delivery).await?;
        }
        Ok(id)
    }
}

#[async_trait]
impl EventLog for SeaOutbox {
    async fn find_events(&self, ids: &[EventId]) -> Result<Vec<Event>, StoreError> {
        let mut found = Vec::with_capacity(ids.len());
        for some in batches(ids, 1) {
            let these = Column::Id.is_in(some.iter().map(|id| id.uuid()));
            // bound: the batch
            found.extend(Entity::find().filter(these).all(self.db.reader()).await?.into_iter().map(event));
        }
        Ok(found)
    }
}

fn event(row: Model) -> Event {
    Event {
        id: EventId(row.id),
        kind: row.kind,
        subject: row.subject,
        tenant_id: row.tenant_id.map(TenantId),
        payload: row.payload,
        occurred_at: row.occurred_at,
    }
}
