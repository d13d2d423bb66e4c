use async_trait::async_trait;
use chrono::{DateTime, Months, NaiveDate, Utc};
use kernel::{
    StoreError,
    jobs::{Job, JobError},
};
use tokio_util::sync::CancellationToken;

use super::Usage;

/// Rows deleted in one statement, so that none holds its locks for long.
const BATCH: u64 = 1_000;
/// Months to come that have room, beside the running one.
const MONTHS_AHEAD: u32 = 2;

/// Makes room for points of months to come, and deletes points and keys that are not kept any more; run it daily. Rollups stay.
#[derive(Debug, Clone)]
pub struct UsageHousekeeping(Usage);

impl UsageHousekeeping {
    /// Of this usage.
    #[must_use]
    pub fn new(usage: Usage) -> Self {
        Self(usage)
    }
}

#[async_trait]
impl Job for UsageHousekeeping {
    fn name(&self) -> &'static str {
        "tenancy.usage"
    }

    async fn run(&self, stop: &CancellationToken) -> Result<(), JobError> {
        let Usage { ports, keep, .. } = &self.0;
        let now = ports.clock.now();
        self.make_room(now.date_naive()).await?;
        let before = keep.since(now);
        while self.delete_points(before).await? > 0 {
            stopped(stop)?;
        }
        while self.delete_keys(before).await? > 0 {
            stopped(stop)?;
        }
        Ok(())
    }
}

impl UsageHousekeeping {
    async fn make_room(&self, today: NaiveDate) -> Result<(), StoreError> {
        for ahead in 0..=MONTHS_AHEAD {
            let day = today.checked_add_months(Months::new(ahead)).unwrap_or(today);
            let mut tx = self.0.ports.transactor.begin().await?;
            self.0.usage.make_room_in(&mut tx, day).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn delete_points(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut tx = self.0.ports.transactor.begin().await?;
        let deleted = self.0.usage.delete_points_in(&mut tx, before, BATCH).await?;
        tx.commit().await?;
        Ok(deleted)
    }

    async fn delete_keys(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut tx = self.0.ports.transactor.begin().await?;
        let deleted = self.0.usage.delete_keys_in(&mut tx, before, BATCH).await?;
        tx.commit().await?;
        Ok(deleted)
    }
}

fn stopped(stop: &CancellationToken) -> Result<(), JobError> {
    if stop.is_cancelled() { Err("stopped early".into()) } else { Ok(()) }
}
