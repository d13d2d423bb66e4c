use std::{num::NonZeroU32, sync::Arc, time::Duration};

use async_trait::async_trait;
use kernel::{
    Backoff, Clock, EmailAddress, Entropy, StoreError,
    input::Word as _,
    sealed::{KeyRing, SealError},
};
use platform::queue::{Pace, WorkOptions, WorkQueue, Worker, run_pool};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    EmailError,
    domain::{
        Brand, Mail, Variables, render,
        secret::{self, Owner},
    },
    mailer::{Mailer, MailerError, Message},
    repository::{Attempt, MailQueue, Outcome, Queued, SuppressionRepository},
};

/// How mail is handed over; the defaults fit production.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DispatcherOptions {
    /// Most messages on their way to the provider at once, and most taken in one statement.
    pub concurrency: usize,
    /// Most messages handed over in a second, by this process.
    pub per_second: NonZeroU32,
    /// How often to look when nobody calls.
    pub poll: Duration,
    /// How long handing one over may take; a little longer than the mailer's own time-out.
    pub timeout: Duration,
    /// Attempts before a message is given up on.
    pub max_attempts: u32,
    /// How long to wait between attempts. All of them together must end before `key_life`.
    pub backoff: Backoff,
    /// How long providers remember an idempotency key. Nothing is handed over again after it: it might arrive twice.
    pub key_life: Duration,
}

impl Default for DispatcherOptions {
    fn default() -> Self {
        Self {
            concurrency: 8,
            per_second: const { NonZeroU32::new(2).unwrap() },
            poll: Duration::from_millis(500),
            timeout: Duration::from_secs(20),
            max_attempts: 16,
            backoff: Backoff { first: Duration::from_secs(30), most: Duration::from_secs(60 * 60) },
            key_life: Duration::from_secs(23 * 60 * 60),
        }
    }
}

impl DispatcherOptions {
    /// When the messages of a node that died come back: later than the last one in hand can have waited for its turn and
    /// been handed over.
    fn lease(&self) -> Duration {
        let turns = u32::try_from(self.concurrency).unwrap_or(u32::MAX) / self.per_second;
        self.timeout + Duration::from_secs(u64::from(turns)) + Duration::from_secs(30)
    }
}

/// Hands queued messages to the provider: each at least once, under one idempotency key, several at a time, no more than
/// so many a second, outside any transaction.
#[derive(Clone)]
pub struct Dispatcher {
    queue: Arc<DueMail>,
    worker: Arc<MailWorker>,
    options: DispatcherOptions,
}

impl std::fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dispatcher").field("mailer", &self.worker.mailer.name()).finish_non_exhaustive()
    }
}

impl Dispatcher {
    /// A dispatcher that is not running yet, between this queue and this mailer.
    #[must_use]
    pub fn new(
        queue: Arc<dyn MailQueue>,
        mailer: Arc<dyn Mailer>,
        deps: &super::Dependencies,
        options: DispatcherOptions,
    ) -> Self {
        let worker = MailWorker {
            mailer: Arc::clone(&mailer),
            key_ring: deps.key_ring.clone(),
            brand: Arc::clone(&deps.brand),
            clock: Arc::clone(&deps.clock),
            entropy: Arc::clone(&deps.entropy),
            pace: Pace::new(options.per_second),
            options,
        };
        let queue = DueMail { queue, suppressions: Arc::clone(&deps.suppressions), provider: mailer.name() };
        Self { queue: Arc::new(queue), worker: Arc::new(worker), options }
    }

    /// Works until `stop`, then finishes what is in hand and returns.
    pub async fn run(&self, stop: CancellationToken) {
        let options =
            WorkOptions { concurrency: self.options.concurrency, poll: self.options.poll, lease: self.options.lease() };
        run_pool(Arc::clone(&self.queue), Arc::clone(&self.worker), options, stop).await;
    }
}

/// A message in hand.
struct Due {
    queued: Queued,
    suppressed: bool,
}

/// What is due, and whether it may be sent.
struct DueMail {
    queue: Arc<dyn MailQueue>,
    suppressions: Arc<dyn SuppressionRepository>,
    provider: &'static str,
}

#[async_trait]
impl WorkQueue for DueMail {
    type Item = Due;
    type Outcome = Attempt;

    fn name(&self) -> &'static str {
        "notification_log"
    }

    fn name_of(&self, attempt: &Attempt) -> String {
        attempt.id.to_string()
    }

    fn waker(&self) -> Arc<Notify> {
        self.queue.waker()
    }

    async fn claim(&self, limit: u64, lease: Duration) -> Result<Vec<Due>, StoreError> {
        let queued = self.queue.claim(limit, lease).await?;
        if queued.is_empty() {
            return Ok(Vec::new());
        }
        let recipients: Vec<EmailAddress> = queued.iter().map(|it| it.notification.recipient.clone()).collect();
        let suppressed = self.suppressions.find_suppressed(&recipients).await?;
        let due = queued.into_iter().map(|queued| {
            let suppressed = suppressed.contains(&queued.notification.recipient);
            Due { queued, suppressed }
        });
        Ok(due.collect())
    }

    async fn settle(&self, attempts: &[Attempt]) -> Result<(), StoreError> {
        self.queue.settle(self.provider, attempts).await
    }

    async fn measure(&self) -> Result<(), StoreError> {
        let backlog = self.queue.backlog().await?;
        #[expect(clippy::cast_precision_loss, reason = "a gauge")]
        let (pending, failed) = (backlog.pending as f64, backlog.failed as f64);
        metrics::gauge!("mail_pending").set(pending);
        metrics::gauge!("mail_failed").set(failed);
        metrics::gauge!("mail_lag_seconds").set(backlog.lag.as_secs_f64());
        Ok(())
    }
}

/// Where messages are written and handed over.
struct MailWorker {
    mailer: Arc<dyn Mailer>,
    key_ring: KeyRing,
    brand: Arc<Brand>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    pace: Pace,
    options: DispatcherOptions,
}

#[async_trait]
impl Worker<DueMail> for MailWorker {
    async fn perform(&self, due: Due) -> Attempt {
        let it = &due.queued.notification;
        let (id, number, template) = (it.id, it.attempts, it.template);
        let outcome = if due.suppressed { Outcome::Suppressed } else { self.attempt(&due.queued).await };
        let label = match &outcome {
            Outcome::Sent { .. } => "sent",
            Outcome::Suppressed => "suppressed",
            Outcome::Again { error, .. } => {
                tracing::warn!(notification_id = %id, %template, attempt = number, error, "mail is tried again later");
                "retried"
            }
            Outcome::Failed { error } => {
                tracing::error!(notification_id = %id, %template, attempt = number, error, "mail is given up on");
                "failed"
            }
        };
        metrics::counter!("mail_attempts_total", "outcome" => label, "template" => template.as_str()).increment(1);
        Attempt { id, number, outcome }
    }
}

impl MailWorker {
    async fn attempt(&self, queued: &Queued) -> Outcome {
        if let Some(error) = self.too_late(queued) {
            return Outcome::Failed { error: error.to_owned() };
        }
        let message = match self.write(queued) {
            Ok(message) => message,
            // Other servers have that key already; this one gets it when it is restarted.
            Err(EmailError::Seal(error @ SealError::UnknownKey(_))) => {
                return self.again(queued, error.to_string(), None);
            }
            Err(error) => return Outcome::Failed { error: error.to_string() },
        };
        self.pace.turn().await;
        let sent = tokio::time::timeout(self.options.timeout, self.mailer.send(&message)).await;
        let late =
            || MailerError::Temporary { reason: "the provider did not answer in time".into(), retry_after: None };
        match sent.unwrap_or_else(|_| Err(late())) {
            Ok(receipt) => Outcome::Sent { provider_message_id: receipt.provider_message_id },
            Err(MailerError::Permanent { reason }) => Outcome::Failed { error: reason },
            Err(MailerError::Temporary { reason, retry_after }) => self.again(queued, reason, retry_after),
        }
    }

    /// Why it must not be tried (any more).
    fn too_late(&self, queued: &Queued) -> Option<&'static str> {
        // Only an attempt that left no trace, time and again, gets beyond the last one.
        if queued.notification.attempts > self.options.max_attempts {
            return Some("every attempt was cut off");
        }
        let forgotten = self.tried_for(queued) > self.options.key_life;
        forgotten.then_some("it was first tried so long ago that trying again might send it twice")
    }

    /// How long ago it was first tried.
    fn tried_for(&self, queued: &Queued) -> Duration {
        let since = queued.first_attempt_at.and_then(|first| (self.clock.now() - first).to_std().ok());
        since.unwrap_or_default()
    }

    fn again(&self, queued: &Queued, error: String, retry_after: Option<Duration>) -> Outcome {
        let number = queued.notification.attempts;
        let wait = self.options.backoff.after(number, self.entropy.as_ref()).max(retry_after.unwrap_or_default());
        // Rather given up on now, and seen, than waited for in vain.
        let in_vain = self.tried_for(queued).saturating_add(wait) > self.options.key_life;
        if number >= self.options.max_attempts || in_vain {
            return Outcome::Failed { error };
        }
        Outcome::Again { at: self.clock.now() + wait, error }
    }

    fn write(&self, queued: &Queued) -> Result<Message, EmailError> {
        let it = &queued.notification;
        let variables = Variables::from_value(it.template, it.variables.clone())
            .map_err(|error| StoreError::corrupt("notification_log.variables", error))?;
        let owner = Owner::new(it.id, it.tenant_id);
        let open = |sealed| secret::open(&self.key_ring, &owner, sealed);
        let secret = queued.secret.as_ref().map(open).transpose()?;
        let content = render(&Mail { variables, secret }, &self.brand)?;
        let message = Message::new(it.id, &self.brand, it.recipient.clone(), it.template, content);
        Ok(Message { tenant_id: it.tenant_id, created_at: it.created_at, ..message })
    }
}

#[cfg(test)]
#[path = "dispatcher_tests.rs"]
mod tests;
