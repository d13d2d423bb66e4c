use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::FutureExt;
use kernel::{Clock, Entropy, StoreError};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{Claimed, Outcome, QueueOptions, Settled, WorkItems, WorkOptions, WorkQueue, Worker, run_pool};
use crate::one_line;

/// What all workers need.
#[derive(Clone)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Tools {
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for Tools {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tools").finish_non_exhaustive()
    }
}

/// What is done with claimed items.
#[async_trait]
pub(crate) trait Task: Send + Sync + 'static {
    /// An item with all that it needs.
    type Loaded: Send + 'static;

    /// Makes them ready, all in one go; one that cannot be has its outcome already.
    async fn load(&self, claimed: &[Claimed]) -> Result<Vec<Result<Self::Loaded, Outcome>>, StoreError>;

    async fn perform(&self, loaded: Self::Loaded) -> Outcome;
}

/// Works on a queue until `stop`, then finishes what is in hand and returns.
pub(crate) async fn run<T: Task>(
    name: &'static str,
    items: Arc<dyn WorkItems>,
    task: T,
    options: QueueOptions,
    tools: Tools,
    stop: CancellationToken,
) {
    let work = WorkOptions { concurrency: options.in_hand(), poll: options.poll, lease: options.lease };
    let task = Arc::new(task);
    let source = Source { name, items, task: Arc::clone(&task) };
    run_pool(Arc::new(source), Arc::new(Performer { name, task, options, tools }), work, stop).await;
}

/// The items of one queue.
struct Source<T> {
    name: &'static str,
    items: Arc<dyn WorkItems>,
    task: Arc<T>,
}

#[async_trait]
impl<T: Task> WorkQueue for Source<T> {
    type Item = (Claimed, Result<T::Loaded, Outcome>);
    type Outcome = Settled;

    fn name(&self) -> &'static str {
        self.name
    }

    fn name_of(&self, settled: &Settled) -> String {
        settled.id.to_string()
    }

    fn waker(&self) -> Arc<Notify> {
        self.items.waker(self.name)
    }

    async fn claim(&self, limit: u64, lease: Duration) -> Result<Vec<Self::Item>, StoreError> {
        let claimed = self.items.claim(self.name, limit, lease).await?;
        if claimed.is_empty() {
            return Ok(Vec::new());
        }
        let loaded = self.task.load(&claimed).await?;
        Ok(claimed.into_iter().zip(loaded).collect())
    }

    async fn settle(&self, outcomes: &[Settled]) -> Result<(), StoreError> {
        self.items.settle(outcomes).await
    }

    async fn measure(&self) -> Result<(), StoreError> {
        let backlog = self.items.backlog(Some(self.name)).await?;
        #[expect(clippy::cast_precision_loss, reason = "a gauge")]
        let (pending, dead) = (backlog.pending as f64, backlog.dead as f64);
        metrics::gauge!("queue_pending", "queue" => self.name).set(pending);
        metrics::gauge!("queue_dead", "queue" => self.name).set(dead);
        metrics::gauge!("queue_lag_seconds", "queue" => self.name).set(backlog.lag.as_secs_f64());
        Ok(())
    }
}

/// Does one item at a time.
struct Performer<T> {
    name: &'static str,
    task: Arc<T>,
    options: QueueOptions,
    tools: Tools,
}

#[async_trait]
impl<T: Task> Worker<Source<T>> for Performer<T> {
    async fn perform(&self, (item, loaded): (Claimed, Result<T::Loaded, Outcome>)) -> Settled {
        let outcome = match loaded {
            Ok(loaded) => self.attempt(loaded).await,
            Err(outcome) => outcome,
        };
        let outcome = self.final_of(&item, outcome);
        let label = match outcome {
            Outcome::Done => "done",
            Outcome::Retry { .. } => "retried",
            Outcome::Failed { .. } => "failed",
            Outcome::Unknown { .. } => "unknown",
        };
        metrics::counter!("queue_items_total", "queue" => self.name, "outcome" => label).increment(1);
        Settled { id: item.id, attempt: item.attempt, outcome }
    }
}

impl<T: Task> Performer<T> {
    async fn attempt(&self, loaded: T::Loaded) -> Outcome {
        if let Some(pace) = &self.options.pace {
            pace.turn().await;
        }
        let guarded = AssertUnwindSafe(self.task.perform(loaded)).catch_unwind();
        match tokio::time::timeout(self.options.timeout, guarded).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_panic)) => Outcome::retry("the handler panicked"),
            Err(_elapsed) => Outcome::retry("the handler took too long"),
        }
    }

    /// The outcome as it is kept: a try too many is a failure, and any other says when the next is.
    fn final_of(&self, item: &Claimed, outcome: Outcome) -> Outcome {
        let (queue, id, attempt) = (self.name, item.id, item.attempt);
        match outcome {
            Outcome::Done => Outcome::Done,
            Outcome::Retry { at, why } if attempt < self.options.max_attempts => {
                let why = one_line(&why);
                tracing::warn!(queue, item = %id, attempt, error = why, "an item is tried again later");
                let later = || self.tools.clock.now() + self.options.backoff.after(attempt, &*self.tools.entropy);
                Outcome::Retry { at: Some(at.unwrap_or_else(later)), why }
            }
            Outcome::Retry { why, .. } | Outcome::Failed { why } => {
                let why = one_line(&why);
                tracing::error!(queue, item = %id, attempt, error = why, "an item is given up on");
                Outcome::Failed { why }
            }
            Outcome::Unknown { why } => {
                let why = one_line(&why);
                tracing::error!(queue, item = %id, attempt, error = why, "nobody knows whether an item was done");
                Outcome::Unknown { why }
            }
        }
    }
}

#[cfg(test)]
#[path = "worker_tests.rs"]
mod tests;
