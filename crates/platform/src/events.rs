//! Events on their way to those who act on them. An event is written once, in the transaction of its change; each consumer
//! that wants its kind gets a delivery of its own, with its own tries, dead letters and pause. A consumer that is down for
//! a night loses nothing and holds up nobody.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{EventId, StoreError, TenantId, outbox::DomainEvent};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::queue::{Claimed, Outcome, QueueOptions, Task, Tools, WorkItems, run};

/// Which events a consumer gets. Whoever publishes must know it, so it is a constant of the consumer's crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subscription {
    /// The consumer, and the queue of its deliveries: unique and stable, `<crate>.<what it does>`.
    pub consumer: &'static str,
    /// The kinds that it wants.
    pub kinds: &'static [&'static str],
    /// Whether it needs the events of a subject in their order, each after the one before was dealt with.
    pub in_order: bool,
}

impl Subscription {
    /// Whether it is for events of this kind.
    #[must_use]
    pub fn wants(&self, kind: &str) -> bool {
        self.kinds.contains(&kind)
    }
}

/// A published event.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Event {
    /// The same at every delivery; consumers deduplicate by it.
    pub id: EventId,
    pub kind: String,
    pub subject: String,
    pub tenant_id: Option<TenantId>,
    pub payload: Value,
    /// When it was published.
    pub occurred_at: DateTime<Utc>,
}

impl Event {
    /// The fact, as the crate that announced it knows it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if it is none of that crate's.
    pub fn read<E: DomainEvent>(&self) -> Result<E, StoreError> {
        kernel::outbox::read(&self.kind, &self.payload)
    }
}

/// Acts on events. Must be idempotent: an event may come more than once.
#[async_trait]
pub trait Consumer: Send + Sync + 'static {
    /// Which events it gets.
    fn subscription(&self) -> Subscription;

    /// Acts on an event.
    async fn consume(&self, event: &Event) -> Outcome;
}

/// Published events.
#[async_trait]
pub trait EventLog: Send + Sync {
    /// Those of these ids that are there.
    async fn find_events(&self, ids: &[EventId]) -> Result<Vec<Event>, StoreError>;
}

/// Delivers to a consumer until `stop`, then finishes what is in hand and returns.
pub async fn deliver(
    consumer: Arc<dyn Consumer>,
    items: Arc<dyn WorkItems>,
    log: Arc<dyn EventLog>,
    options: QueueOptions,
    tools: Tools,
    stop: CancellationToken,
) {
    let name = consumer.subscription().consumer;
    run(name, items, Deliveries { consumer, log }, options, tools, stop).await;
}

struct Deliveries {
    consumer: Arc<dyn Consumer>,
    log: Arc<dyn EventLog>,
}

#[async_trait]
impl Task for Deliveries {
    type Loaded = Event;

    async fn load(&self, claimed: &[Claimed]) -> Result<Vec<Result<Event, Outcome>>, StoreError> {
        let ids: Vec<EventId> = claimed.iter().filter_map(|it| it.event_id).collect();
        let found = self.log.find_events(&ids).await?;
        let found: HashMap<EventId, Event> = found.into_iter().map(|event| (event.id, event)).collect();
        // An event that is gone was about somebody who is to be forgotten.
        let event = |it: &Claimed| it.event_id.and_then(|id| found.get(&id).cloned()).ok_or(Outcome::Done);
        Ok(claimed.iter().map(event).collect())
    }

    async fn perform(&self, event: Event) -> Outcome {
        self.consumer.consume(&event).await
    }
}
