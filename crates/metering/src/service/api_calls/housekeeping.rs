use async_trait::async_trait;
use chrono::{Days, NaiveTime};
use platform::jobs::{Job, JobError};
use tokio_util::sync::CancellationToken;

use super::ApiCalls;

/// Days that counts are kept.
const KEEP_DAYS: u64 = 35;

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
        let deps = &self.0.deps;
        let today = deps.clock.now().date_naive();
        let before = today.checked_sub_days(Days::new(KEEP_DAYS)).unwrap_or(today);
        let mut tx = deps.transactor.begin().await?;
        deps.calls.delete_old_flushes_in(&mut tx, before.and_time(NaiveTime::MIN).and_utc()).await?;
        tx.commit().await?;
        loop {
            let mut tx = deps.transactor.begin().await?;
            let deleted = deps.calls.delete_old_in(&mut tx, before, 1_000).await?;
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
