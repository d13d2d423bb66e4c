use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{EventId, StoreError, TenantId, Tx};
use serde_json::Value;
use tokio::sync::Notify;

/// An item's number; later ones have higher numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemId(pub i64);

impl std::fmt::Display for ItemId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// An item about to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem<T> {
    /// What is to be done; no secrets, as little personal data as can be.
    pub payload: T,
    /// Whose it is.
    pub tenant_id: Option<TenantId>,
    /// Under which the queue takes one item ever, if it needs one.
    pub key: Option<String>,
    /// Those of one sequence are done one after the other, in the order in which they were added. What was given up on
    /// holds nobody up.
    pub sequence: Option<String>,
    /// Not before; at once if not told.
    pub due: Option<DateTime<Utc>>,
    /// The event that it delivers.
    pub event_id: Option<EventId>,
}

impl<T> NewItem<T> {
    /// Something to do at once, for nobody in particular.
    pub fn new(payload: T) -> Self {
        Self { payload, tenant_id: None, key: None, sequence: None, due: None, event_id: None }
    }

    pub(super) fn with<U>(self, payload: U) -> NewItem<U> {
        let Self { payload: _, tenant_id, key, sequence, due, event_id } = self;
        NewItem { payload, tenant_id, key, sequence, due, event_id }
    }
}

/// An item in hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item<T> {
    /// The same at every try.
    pub id: ItemId,
    /// What is to be done.
    pub payload: T,
    /// Whose it is.
    pub tenant_id: Option<TenantId>,
    /// The event that it delivers.
    pub event_id: Option<EventId>,
    /// 1 for the first try.
    pub attempt: u32,
    /// When it was tried first.
    pub first_attempt_at: DateTime<Utc>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
}

impl<T> Item<T> {
    pub(crate) fn with<U>(&self, payload: U) -> Item<U> {
        let &Self { id, tenant_id, event_id, attempt, first_attempt_at, created_at, .. } = self;
        Item { id, payload, tenant_id, event_id, attempt, first_attempt_at, created_at }
    }
}

/// An item as it is stored.
pub type Claimed = Item<Value>;

/// What came of a try. The reasons are stored and shown, so they hold no secrets and no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// To be tried again, at the latest when all tries are used up.
    Retry {
        /// When; by the queue's backoff if not told.
        at: Option<DateTime<Utc>>,
        /// Why.
        why: String,
    },
    /// It will never work: a dead letter.
    Failed {
        /// Why.
        why: String,
    },
    /// Nobody knows whether it was done, and doing it twice would be wrong: a dead letter that somebody must look into.
    Unknown {
        /// Why.
        why: String,
    },
}

impl Outcome {
    /// To be tried again, when the queue's backoff says.
    pub fn retry(why: impl std::fmt::Display) -> Self {
        Self::Retry { at: None, why: why.to_string() }
    }

    /// It will never work.
    pub fn failed(why: impl std::fmt::Display) -> Self {
        Self::Failed { why: why.to_string() }
    }
}

/// The outcome of one try of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Settled {
    pub id: ItemId,
    pub attempt: u32,
    /// What came of it; [`Outcome::Retry`] says when.
    pub outcome: Outcome,
}

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Items that are not done yet, those that wait for their next try included.
    pub pending: u64,
    /// Items given up on; they stay until somebody looks at them.
    pub dead: u64,
    /// How long the longest waiting item has been due; zero when none is.
    pub lag: Duration,
}

/// An item as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct ListedItem {
    pub id: ItemId,
    pub queue: String,
    /// `WAITING`, `DONE`, `FAILED` or `UNKNOWN`.
    pub state: String,
    pub tenant_id: Option<TenantId>,
    /// The event that it delivers.
    pub event_id: Option<EventId>,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last try failed.
    pub last_error: String,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it is due, while it waits.
    pub next_attempt_at: Option<DateTime<Utc>>,
}

/// Which items are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ItemFilter {
    /// Those of one queue.
    pub queue: Option<String>,
    /// Those that deliver one event.
    pub event_id: Option<EventId>,
    /// Those that deliver events.
    pub events: bool,
    /// Those that were given up on.
    pub dead: bool,
    /// Those after this one.
    pub after: Option<ItemId>,
}

/// What people do with queues.
#[async_trait]
pub trait QueueControl: Send + Sync {
    /// Up to `limit` items, the oldest first.
    async fn list(&self, filter: &ItemFilter, limit: u64) -> Result<Vec<ListedItem>, StoreError>;

    /// Makes items that were given up on due again, with all their tries, and tells how many that were; others are left
    /// alone.
    async fn requeue_in(&self, tx: &mut Tx, ids: &[ItemId]) -> Result<u64, StoreError>;

    /// Lets nobody take anything of a queue until it is resumed; what is in hand is finished.
    async fn pause_in(&self, tx: &mut Tx, queue: &str) -> Result<(), StoreError>;

    /// Ends a pause.
    async fn resume_in(&self, tx: &mut Tx, queue: &str) -> Result<(), StoreError>;

    /// The queues that are paused.
    async fn list_paused(&self) -> Result<Vec<String>, StoreError>;
}

/// The items of all queues.
///
/// A claim is a lease: it moves the time of the next try to the lease's end, so that the items of a node that died come
/// back by themselves, and to nobody else before.
#[async_trait]
pub trait WorkItems: Send + Sync {
    /// Is notified when items of the queue were committed by this process.
    fn waker(&self, queue: &str) -> Arc<Notify>;

    /// Adds an item; tells whether it was, or its key was used before.
    async fn push_in(&self, tx: &mut Tx, queue: &str, item: NewItem<Value>) -> Result<bool, StoreError>;

    /// Takes up to `limit` due items for the time of `lease`; none while the queue is paused.
    async fn claim(&self, queue: &str, limit: u64, lease: Duration) -> Result<Vec<Claimed>, StoreError>;

    /// Keeps outcomes. One of a try that lost its lease to another changes nothing, but for [`Outcome::Done`]: done is done.
    /// None may have been kept when it fails, and keeping them again is harmless.
    async fn settle(&self, outcomes: &[Settled]) -> Result<(), StoreError>;

    /// Measures what waits in a queue; in all that deliver events, if none is told.
    async fn backlog(&self, queue: Option<&str>) -> Result<Backlog, StoreError>;
}
