use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::FutureExt;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{Backlog, Event, EventHandler, EventQueue, HandlerError, Outcome, one_line};
use crate::{
    Clock, Entropy, EventId, StoreError,
    backoff::Backoff,
    work::{WorkOptions, WorkQueue, Worker, work_off},
};

/// How the relay works; the defaults fit production.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelayOptions {
    /// Most events in hand at once, and most taken in one statement.
    pub concurrency: usize,
    /// How often to look when nobody calls.
    pub poll: Duration,
    /// How long a handler may take.
    pub handler_timeout: Duration,
    /// When the events of a node that died come back; longer than `handler_timeout`.
    pub lease: Duration,
    /// Deliveries before an event is given up on.
    pub max_attempts: u32,
    /// How long to wait between deliveries.
    pub backoff: Backoff,
}

impl Default for RelayOptions {
    fn default() -> Self {
        Self {
            concurrency: 32,
            poll: Duration::from_millis(500),
            handler_timeout: Duration::from_secs(20),
            lease: Duration::from_secs(30),
            max_attempts: 12,
            backoff: Backoff { first: Duration::from_secs(1), most: Duration::from_secs(15 * 60) },
        }
    }
}

/// Hands committed events to the handlers, at least once each, several at a time, outside any transaction.
pub struct Relay {
    queue: Arc<dyn EventQueue>,
    handlers: Arc<[Arc<dyn EventHandler>]>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    options: RelayOptions,
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.handlers.iter().map(|handler| handler.name()).collect();
        f.debug_struct("Relay").field("handlers", &names).field("options", &self.options).finish_non_exhaustive()
    }
}

type Settled = (EventId, u32, Outcome);

impl Relay {
    /// A relay that is not running yet.
    #[must_use]
    pub fn new(
        queue: Arc<dyn EventQueue>,
        handlers: Vec<Arc<dyn EventHandler>>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        options: RelayOptions,
    ) -> Self {
        Self { queue, handlers: handlers.into(), clock, entropy, options }
    }

    /// What waits in the outbox now; for readiness, look at its `lag`.
    ///
    /// # Errors
    /// What the store says.
    pub async fn lag(&self) -> Result<Backlog, StoreError> {
        self.queue.backlog().await
    }

    /// Works until `stop`, then finishes what is in hand and returns.
    pub async fn run(&self, stop: CancellationToken) {
        let RelayOptions { concurrency, poll, lease, .. } = self.options;
        let delivery = Delivery {
            handlers: Arc::clone(&self.handlers),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
            options: self.options,
        };
        let queue = Arc::new(OutboxEnd(Arc::clone(&self.queue)));
        work_off(queue, Arc::new(delivery), WorkOptions { concurrency, poll, lease }, stop).await;
    }
}

/// The outbox as something to work off.
struct OutboxEnd(Arc<dyn EventQueue>);

#[async_trait]
impl WorkQueue for OutboxEnd {
    type Item = Event;
    type Outcome = Settled;

    fn name(&self) -> &'static str {
        "outbox"
    }

    fn name_of(&self, (id, ..): &Settled) -> String {
        id.to_string()
    }

    fn waker(&self) -> Arc<Notify> {
        self.0.waker()
    }

    async fn claim(&self, limit: u64, lease: Duration) -> Result<Vec<Event>, StoreError> {
        self.0.claim(limit, lease).await
    }

    async fn settle(&self, outcomes: &[Settled]) -> Result<(), StoreError> {
        self.0.settle(outcomes).await
    }

    async fn measure(&self) -> Result<(), StoreError> {
        let backlog = self.0.backlog().await?;
        #[expect(clippy::cast_precision_loss, reason = "a gauge")]
        let (pending, dead) = (backlog.pending as f64, backlog.dead as f64);
        metrics::gauge!("outbox_pending").set(pending);
        metrics::gauge!("outbox_dead").set(dead);
        metrics::gauge!("outbox_lag_seconds").set(backlog.lag.as_secs_f64());
        Ok(())
    }
}

/// One event on its way to its handlers.
struct Delivery {
    handlers: Arc<[Arc<dyn EventHandler>]>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    options: RelayOptions,
}

#[async_trait]
impl Worker<OutboxEnd> for Delivery {
    async fn perform(&self, event: Event) -> Settled {
        let mut failure: Option<(&'static str, HandlerError)> = None;
        let mut heard = false;
        for handler in self.handlers.iter().filter(|handler| handler.handles(&event.kind)) {
            heard = true;
            // A handler that fails does not keep the event from the others.
            if let Err(error) = self.call(handler.as_ref(), &event).await {
                failure.get_or_insert((handler.name(), error));
            }
        }
        if !heard && event.secret.is_some() {
            tracing::warn!(event_id = %event.id, kind = event.kind, "nobody handles this event; its message is lost");
        }
        let outcome = match failure {
            None => Outcome::Done,
            Some((handler, error)) => self.failed(&event, handler, &error),
        };
        let label = match outcome {
            Outcome::Done => "handled",
            Outcome::Again { .. } => "retried",
            Outcome::Dead { .. } => "dead",
        };
        metrics::counter!("outbox_events_total", "outcome" => label).increment(1);
        (event.id, event.attempt, outcome)
    }
}

impl Delivery {
    async fn call(&self, handler: &dyn EventHandler, event: &Event) -> Result<(), HandlerError> {
        let guarded = AssertUnwindSafe(handler.handle(event)).catch_unwind();
        match tokio::time::timeout(self.options.handler_timeout, guarded).await {
            Ok(Ok(result)) => result,
            Ok(Err(_panic)) => Err("the handler panicked".into()),
            Err(_elapsed) => Err("the handler took too long".into()),
        }
    }

    fn failed(&self, event: &Event, handler: &'static str, error: &HandlerError) -> Outcome {
        let text = format!("{handler}: {}", one_line(error));
        let (event_id, kind, attempt) = (event.id, event.kind.as_str(), event.attempt);
        if attempt >= self.options.max_attempts {
            tracing::error!(%event_id, kind, attempt, handler, error = text, "an event is given up on");
            return Outcome::Dead { error: text };
        }
        tracing::warn!(%event_id, kind, attempt, handler, error = text, "an event is tried again later");
        let at = self.clock.now() + self.options.backoff.after(attempt, self.entropy.as_ref());
        Outcome::Again { at, error: text }
    }
}

#[cfg(test)]
#[path = "relay_tests.rs"]
mod tests;
