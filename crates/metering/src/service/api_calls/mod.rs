//! Requests of tenants' people: counted in memory, written down once a second, recorded as usage once an hour.

mod flush;
mod housekeeping;
mod metering;
mod tally;

pub use housekeeping::ApiCallsHousekeeping;
pub use metering::ApiCallsMetering;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{Days, NaiveTime};
use kernel::TenantId;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use self::{flush::Journal, tally::Tally};
use super::{Dependencies, QuotaLevels};
use crate::{MeteringError, repository::FlushId};

/// How often what was counted is written down: at most so much is lost in a crash.
const FLUSH: Duration = Duration::from_secs(1);

/// Counts the requests of workshops' people, in memory and without slowing them, and refuses those beyond the plan.
///
/// Nodes learn of each other's counts once a second, and of a workshop's limit with its first count of a day: until then a node
/// lets requests through, so that a limit may be overrun by what comes in within a second.
#[derive(Clone)]
pub struct ApiCalls {
    deps: Dependencies,
    levels: QuotaLevels,
    tally: Arc<Mutex<Tally>>,
    journal: Arc<tokio::sync::Mutex<Journal>>,
}

impl std::fmt::Debug for ApiCalls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiCalls").finish_non_exhaustive()
    }
}

impl ApiCalls {
    /// A counter that begins with nothing.
    #[must_use]
    pub fn new(deps: Dependencies) -> Self {
        let next = FlushId { node: deps.entropy.uuid_v7(deps.clock.now()), batch: 1 };
        let levels = QuotaLevels::new(Arc::clone(&deps.audit), Arc::clone(&deps.outbox));
        let journal = Arc::new(tokio::sync::Mutex::new(Journal::beginning_with(next)));
        Self { deps, levels, tally: Arc::default(), journal }
    }

    /// Counts a request, if the day's limit has room for it.
    ///
    /// # Errors
    /// [`MeteringError::CallsUsed`] with the next midnight of UTC.
    pub fn count(&self, tenant: TenantId) -> Result<(), MeteringError> {
        let now = self.deps.clock.now();
        let today = now.date_naive();
        self.tally().count(tenant, today).map_err(|limit| {
            let tomorrow = today.checked_add_days(Days::new(1)).unwrap_or(today);
            let resets_at = tomorrow.and_time(NaiveTime::MIN).and_utc();
            let retry_after = (resets_at - now).to_std().unwrap_or_default();
            MeteringError::CallsUsed { limit, resets_at, retry_after }
        })
    }

    /// The workshop's requests of today, as far as this node knows.
    ///
    /// # Errors
    /// What the store says.
    pub async fn used(&self, tenant: TenantId) -> Result<u64, MeteringError> {
        let today = self.deps.clock.now().date_naive();
        let written = self.deps.calls.find(tenant, today).await?;
        Ok(written + self.tally().pending(tenant, today))
    }

    /// Writes down what was counted every second, until `stop`, and then once more.
    pub async fn run(&self, stop: CancellationToken) {
        let mut beat = tokio::time::interval(FLUSH);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let last = tokio::select! {
                () = stop.cancelled() => true,
                _ = beat.tick() => false,
            };
            if let Err(error) = self.flush().await {
                tracing::warn!(%error, "requests are counted on in memory; they cannot be written down now");
            }
            if last {
                return;
            }
        }
    }

    /// A count is whole after every statement that changes it, whoever panicked meanwhile.
    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
