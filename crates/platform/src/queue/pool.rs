//! The worker pool of a queue: claim what is due, act on several at a time, keep the outcomes. All [queues](super) have one, and
//! so has mail, which has a table of its own.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use kernel::StoreError;
use tokio::{sync::Notify, task::JoinSet, time::MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// How often the gauges are set.
const MEASURE: Duration = Duration::from_secs(5);

/// Things to do, in a database that several nodes share.
///
/// A claim is a lease: what a node that died had claimed comes back by itself, and to nobody else before.
#[async_trait]
pub trait WorkQueue: Send + Sync + 'static {
    /// A thing to do.
    type Item: Send + 'static;
    /// What came of it.
    type Outcome: Send + 'static;

    /// For the log.
    fn name(&self) -> &'static str;

    /// What an outcome is about, for the log: an id.
    fn name_of(&self, outcome: &Self::Outcome) -> String;

    /// Is notified when there is more to do.
    fn waker(&self) -> Arc<Notify>;

    /// Takes up to `limit` due things for the time of `lease`.
    ///
    /// # Errors
    /// What the store says; nothing is taken then.
    async fn claim(&self, limit: u64, lease: Duration) -> Result<Vec<Self::Item>, StoreError>;

    /// Keeps outcomes.
    ///
    /// # Errors
    /// What the store says; none may have been kept, and keeping them again is harmless.
    async fn settle(&self, outcomes: &[Self::Outcome]) -> Result<(), StoreError>;

    /// Sets the gauges that tell what waits.
    ///
    /// # Errors
    /// What the store says; the next time will do.
    async fn measure(&self) -> Result<(), StoreError>;
}

/// Does one thing at a time; called several times at once. What panics leaves no outcome, and comes again after its lease.
#[async_trait]
pub trait Worker<Q: WorkQueue>: Send + Sync + 'static {
    /// Does it, outside any transaction.
    async fn perform(&self, item: Q::Item) -> Q::Outcome;
}

/// How a pool works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkOptions {
    /// Most things in hand at once, and most taken in one statement.
    pub concurrency: usize,
    /// How often to look when nobody calls.
    pub poll: Duration,
    /// When the things of a node that died come back; longer than a thing takes.
    pub lease: Duration,
}

/// Works on `queue` with `worker` until `stop`, then finishes what is in hand and returns.
pub async fn run_pool<Q: WorkQueue, W: Worker<Q>>(
    queue: Arc<Q>,
    worker: Arc<W>,
    options: WorkOptions,
    stop: CancellationToken,
) {
    let mut pool = WorkerPool { queue, worker, options, running: JoinSet::new(), unsettled: Vec::new() };
    pool.run(stop).await;
}

struct WorkerPool<Q: WorkQueue, W> {
    queue: Arc<Q>,
    worker: Arc<W>,
    options: WorkOptions,
    running: JoinSet<Q::Outcome>,
    unsettled: Vec<Q::Outcome>,
}

impl<Q: WorkQueue, W: Worker<Q>> WorkerPool<Q, W> {
    async fn run(&mut self, stop: CancellationToken) {
        let waker = self.queue.waker();
        let mut poll = tokio::time::interval(self.options.poll);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut measure = tokio::time::interval(MEASURE);
        measure.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = measure.tick() => drop(self.queue.measure().await),
                () = waker.notified() => {}
                _ = poll.tick() => {}
                Some(outcome) = self.running.join_next() => self.unsettled.extend(outcome.ok()),
            }
            while let Some(outcome) = self.running.try_join_next() {
                self.unsettled.extend(outcome.ok());
            }
            self.settle().await;
            self.take().await;
        }
        while let Some(outcome) = self.running.join_next().await {
            self.unsettled.extend(outcome.ok());
        }
        self.settle().await;
    }

    /// Claims as many things as may run beside those that do. Outcomes that wait to be kept count, so that a database
    /// that went away does not make them pile up.
    async fn take(&mut self) {
        loop {
            let free = self.options.concurrency.saturating_sub(self.running.len() + self.unsettled.len());
            if free == 0 {
                return;
            }
            let limit = u64::try_from(free).unwrap_or(u64::MAX);
            let items = match self.queue.claim(limit, self.options.lease).await {
                Ok(items) => items,
                Err(error) => {
                    tracing::warn!(%error, queue = self.queue.name(), "what is to do cannot be read; trying again");
                    return;
                }
            };
            let taken = items.len();
            for item in items {
                let worker = Arc::clone(&self.worker);
                self.running.spawn(async move { worker.perform(item).await });
            }
            if taken < free {
                return;
            }
        }
    }

    /// Keeps the outcomes; what cannot be kept now is kept at the next turn, or comes again after its lease.
    async fn settle(&mut self) {
        if self.unsettled.is_empty() {
            return;
        }
        let queue = self.queue.name();
        match self.queue.settle(&self.unsettled).await {
            Ok(()) => self.unsettled.clear(),
            Err(error) if error.is_unavailable() => {
                tracing::warn!(%error, queue, "outcomes cannot be kept; trying again");
            }
            Err(error) => {
                tracing::error!(%error, queue, "outcomes cannot be kept together; each is kept by itself");
                self.settle_each().await;
            }
        }
    }

    /// One outcome that cannot be kept must not make the work of the others come again.
    async fn settle_each(&mut self) {
        let queue = self.queue.name();
        while let Some(outcome) = self.unsettled.pop() {
            let Err(error) = self.queue.settle(std::slice::from_ref(&outcome)).await else { continue };
            if error.is_unavailable() {
                self.unsettled.push(outcome);
                return;
            }
            let item = self.queue.name_of(&outcome);
            tracing::error!(%error, queue, item, "an outcome cannot be kept; the work will come again");
            metrics::counter!("job_items_failed_total", "job" => queue).increment(1);
        }
    }
}
