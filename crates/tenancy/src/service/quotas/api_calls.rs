use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{Days, NaiveDate, NaiveTime};
use kernel::{
    RequestContext, StoreError, TenantId, Tx,
    jobs::{Items, Job, JobError},
};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::tally::Tally;
use crate::{
    TenancyError,
    domain::{Quota, QuotaMetric},
    repository::{ApiCallRepository, CallDay},
    service::Ports,
};

/// How often what was counted is written down: at most so much is lost in a crash.
const FLUSH: Duration = Duration::from_secs(1);
/// Workshops written down in one statement.
const BATCH: usize = 500;
/// Days that counts are kept.
const KEEP_DAYS: u64 = 35;

/// A workshop's requests of a day that are not written down yet.
type Counted = (TenantId, NaiveDate, u64);

/// Counts the requests of workshops' people, in memory and without slowing them, and refuses those beyond the plan.
///
/// Nodes learn of each other's counts once a second, and of a workshop's plan with its first count of a day: until then a node
/// lets requests through, so that a limit may be overrun by what comes in within a second.
#[derive(Clone)]
pub struct ApiCalls {
    pub(super) ports: Ports,
    pub(super) calls: Arc<dyn ApiCallRepository>,
    tally: Arc<Mutex<Tally>>,
}

impl std::fmt::Debug for ApiCalls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiCalls").finish_non_exhaustive()
    }
}

impl ApiCalls {
    /// A counter that begins with nothing.
    #[must_use]
    pub fn new(ports: Ports, calls: Arc<dyn ApiCallRepository>) -> Self {
        Self { ports, calls, tally: Arc::default() }
    }

    /// Counts a request, if the day's limit has room for it.
    ///
    /// # Errors
    /// [`TenancyError::CallsUsed`] with the next midnight of UTC.
    pub fn count(&self, tenant: TenantId) -> Result<(), TenancyError> {
        let now = self.ports.clock.now();
        let today = now.date_naive();
        self.tally().count(tenant, today).map_err(|limit| {
            let tomorrow = today.checked_add_days(Days::new(1)).unwrap_or(today);
            let resets_at = tomorrow.and_time(NaiveTime::MIN).and_utc();
            let retry_after = (resets_at - now).to_std().unwrap_or_default();
            TenancyError::CallsUsed { limit, resets_at, retry_after }
        })
    }

    /// The workshop's requests of today, as far as this node knows.
    ///
    /// # Errors
    /// What the store says.
    pub async fn used(&self, tenant: TenantId) -> Result<u64, TenancyError> {
        let today = self.ports.clock.now().date_naive();
        let written = self.calls.find(tenant, today).await?;
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

    /// Writes down what was counted since the last time, and announces levels of the quota that are reached by it.
    ///
    /// # Errors
    /// What the store says; then it is written down the next time.
    pub async fn flush(&self) -> Result<(), StoreError> {
        let today = self.ports.clock.now().date_naive();
        let counted = self.tally().due(today);
        let mut items = Items::of("tenancy.api_calls_flush");
        for batch in counted.chunks(BATCH) {
            match self.write_down(batch, today).await {
                Err(error) if !error.is_unavailable() => self.write_down_each(batch, today, &mut items).await?,
                written => written?,
            }
        }
        items.finish().map_err(|error| StoreError::corrupt("api_call_days.calls", error))
    }

    async fn write_down(&self, batch: &[Counted], today: NaiveDate) -> Result<(), StoreError> {
        let mut tx = self.ports.transactor.begin().await?;
        let days = self.calls.add_in(&mut tx, batch).await?;
        for day in &days {
            self.announce_in(&mut tx, day).await?;
        }
        tx.commit().await?;
        self.tally().flushed(batch, &days, today);
        Ok(())
    }

    /// A workshop whose count is refused keeps no other's from being written down; its own stays in memory.
    async fn write_down_each(&self, batch: &[Counted], today: NaiveDate, items: &mut Items) -> Result<(), StoreError> {
        for one in batch {
            let written = self.write_down(std::slice::from_ref(one), today).await;
            match written {
                Err(error) if error.is_unavailable() => return Err(error),
                // Ends early only for a database that is unavailable.
                written => drop(items.note(one.0, written)),
            }
        }
        Ok(())
    }

    /// Announces a level once a day.
    async fn announce_in(&self, tx: &mut Tx, day: &CallDay) -> Result<(), StoreError> {
        let quota = Quota { used: day.calls, limit: day.plan.limits().api_calls_per_day };
        let level = quota.level();
        if level <= day.announced || !self.calls.mark_announced_in(tx, day.tenant_id, day.day, level).await? {
            return Ok(());
        }
        let context = RequestContext::system("quota", format!("quota-{}", day.day));
        self.ports.announce_level_in(tx, &context, day.tenant_id, (QuotaMetric::ApiCalls, level), quota).await
    }

    /// A count is whole after every statement that changes it, whoever panicked meanwhile.
    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Deletes counts of requests after 35 days; run it daily.
#[derive(Debug, Clone)]
pub struct ApiCallsHousekeeping(ApiCalls);

impl ApiCallsHousekeeping {
    /// Of these counts.
    #[must_use]
    pub fn new(calls: ApiCalls) -> Self {
        Self(calls)
    }
}

#[async_trait]
impl Job for ApiCallsHousekeeping {
    fn name(&self) -> &'static str {
        "tenancy.api_calls"
    }

    async fn run(&self, stop: &CancellationToken) -> Result<(), JobError> {
        let ApiCalls { ports, calls, .. } = &self.0;
        let today = ports.clock.now().date_naive();
        let before = today.checked_sub_days(Days::new(KEEP_DAYS)).unwrap_or(today);
        loop {
            let mut tx = ports.transactor.begin().await?;
            let deleted = calls.delete_old_in(&mut tx, before, 1_000).await?;
            tx.commit().await?;
            if deleted == 0 {
                return Ok(());
            }
            if stop.is_cancelled() {
                return Err("stopped early".into());
            }
        }
    }
}
