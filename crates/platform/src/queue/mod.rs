//! Queues of work with the outside: written in the transaction of its cause, done afterwards by one of the nodes, with
//! leases, retries, dead letters and a pause. One table for all of them, on both databases.
//!
//! - **At least once**: what a node that died had in hand comes back when its lease ends, with a higher
//!   [`attempt`](Item::attempt). Work that may not be repeated asks whether that is the first, and answers
//!   [`Outcome::Unknown`] where it cannot find out what became of an earlier one.
//! - **Nobody waits for a neighbour**: the more of a tenant's items wait already, the further back a new one is put, so
//!   that a thousand of one let a single one of another pass.
//! - **In order where asked for**: of the items with one [`sequence`](NewItem::sequence) only the first that waits is taken.

mod items;
mod pace;
mod pool;
mod worker;

use std::{marker::PhantomData, sync::Arc, time::Duration};

use async_trait::async_trait;
use kernel::{Backoff, StoreError, Tx};
use serde::{Serialize, de::DeserializeOwned};
use tokio_util::sync::CancellationToken;

pub use items::{
    Backlog, Claimed, Item, ItemFilter, ItemId, ListedItem, NewItem, Outcome, QueueControl, Settled, WorkItems,
};
pub use pace::Pace;
pub use pool::{WorkOptions, WorkQueue, Worker, run_pool};
pub use worker::Tools;
pub(crate) use worker::{Task, run};

/// How a queue is worked on; the defaults fit most.
#[derive(Debug, Clone)]
pub struct QueueOptions {
    /// Most items in hand at once on this node, and most taken in one statement.
    pub concurrency: usize,
    /// Most items begun in a second on this node, if there is a limit.
    pub pace: Option<Arc<Pace>>,
    /// How often to look when nobody calls.
    pub poll: Duration,
    /// How long an item may take; it is tried again afterwards.
    pub timeout: Duration,
    /// When the items of a node that died come back; longer than `timeout`. No more items are taken than have their turn
    /// within what it is longer.
    pub lease: Duration,
    /// Tries before an item is given up on.
    pub max_attempts: u32,
    /// How long to wait between them, unless the outcome says when.
    pub backoff: Backoff,
}

impl Default for QueueOptions {
    /// Tries for about a day.
    fn default() -> Self {
        Self {
            concurrency: 32,
            pace: None,
            poll: Duration::from_millis(500),
            timeout: Duration::from_secs(20),
            lease: Duration::from_secs(30),
            max_attempts: 100,
            backoff: Backoff { first: Duration::from_secs(1), most: Duration::from_secs(15 * 60) },
        }
    }
}

impl QueueOptions {
    /// Most items in hand at once: what waits too long for its turn would lose its lease meanwhile.
    fn in_hand(&self) -> usize {
        let turns = self.pace.as_ref().map(|pace| pace.turns_in(self.lease.saturating_sub(self.timeout)));
        turns.map_or(self.concurrency, |turns| turns.min(self.concurrency))
    }
}

/// Does what is in a queue.
#[async_trait]
pub trait Handler<T>: Send + Sync + 'static {
    /// Does one item, outside any transaction; called several times at once. What panics is tried again.
    async fn handle(&self, item: &Item<T>) -> Outcome;
}

/// A queue of this name, whose items are made of a `T`.
pub struct Queue<T> {
    name: &'static str,
    items: Arc<dyn WorkItems>,
    payload: PhantomData<fn() -> T>,
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Self { name: self.name, items: Arc::clone(&self.items), payload: PhantomData }
    }
}

impl<T> std::fmt::Debug for Queue<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Queue").field(&self.name).finish()
    }
}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Queue<T> {
    /// The queue of this name, unique and stable: `<crate>.<what is done>`.
    #[must_use]
    pub fn new(name: &'static str, items: Arc<dyn WorkItems>) -> Self {
        Self { name, items, payload: PhantomData }
    }

    /// Adds an item, which is done if and only if the transaction commits. Tells whether it was: one whose key was used
    /// before is left out.
    ///
    /// # Errors
    /// What the store says; the caller must then let the transaction roll back.
    pub async fn push_in(&self, tx: &mut Tx, item: NewItem<T>) -> Result<bool, StoreError> {
        let corrupt = |error| StoreError::corrupt("work_items.payload", error);
        let payload = serde_json::to_value(&item.payload).map_err(corrupt)?;
        self.items.push_in(tx, self.name, item.with(payload)).await
    }

    /// Works on it until `stop`, then finishes what is in hand and returns.
    pub async fn run(
        &self,
        handler: Arc<dyn Handler<T>>,
        options: QueueOptions,
        tools: Tools,
        stop: CancellationToken,
    ) {
        run(self.name, Arc::clone(&self.items), Typed(handler), options, tools, stop).await;
    }
}

/// Items whose payload is what is to be done.
struct Typed<T>(Arc<dyn Handler<T>>);

#[async_trait]
impl<T: DeserializeOwned + Send + Sync + 'static> Task for Typed<T> {
    type Loaded = Item<T>;

    async fn load(&self, claimed: &[Claimed]) -> Result<Vec<Result<Item<T>, Outcome>>, StoreError> {
        let read = |it: &Claimed| match serde_json::from_value(it.payload.clone()) {
            Ok(payload) => Ok(it.with(payload)),
            Err(error) => Err(Outcome::Failed { why: format!("the payload cannot be read: {error}") }),
        };
        Ok(claimed.iter().map(read).collect())
    }

    async fn perform(&self, item: Item<T>) -> Outcome {
        self.0.handle(&item).await
    }
}
