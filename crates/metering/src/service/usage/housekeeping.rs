use async_trait::async_trait;
use chrono::{DateTime, Months, NaiveDate, Utc};
use kernel::StoreError;
use platform::jobs::{Items, Job, JobError};
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
        let Usage { deps, keep, .. } = &self.0;
        let now = deps.clock.now();
        let today = now.date_naive();
        let before = keep.since(now);
        let mut items = Items::of(self.name());
        for ahead in 0..=MONTHS_AHEAD {
            let day = today.checked_add_months(Months::new(ahead)).unwrap_or(today);
            items.note(day.format("room for %Y-%m"), self.make_room(day).await)?;
        }
        let points = items.note("points", self.delete_all_points(before, stop).await)?;
        if points == Some(false) {
            return Err("stopped early".into());
        }
        let keys = items.note("keys", self.delete_all_keys(before, stop).await)?;
        if keys == Some(false) {
            return Err("stopped early".into());
        }
        items.finish()
    }
}

impl UsageHousekeeping {
    async fn make_room(&self, day: NaiveDate) -> Result<(), StoreError> {
        let mut tx = self.0.deps.transactor.begin().await?;
        self.0.deps.usage.make_room_in(&mut tx, day).await?;
        tx.commit().await
    }

    /// Tells whether nothing is left; false when it was stopped before.
    async fn delete_all_points(&self, before: DateTime<Utc>, stop: &CancellationToken) -> Result<bool, StoreError> {
        while self.delete_points(before).await? > 0 {
            if stop.is_cancelled() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn delete_all_keys(&self, before: DateTime<Utc>, stop: &CancellationToken) -> Result<bool, StoreError> {
        while self.delete_keys(before).await? > 0 {
            if stop.is_cancelled() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn delete_points(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut tx = self.0.deps.transactor.begin().await?;
        let deleted = self.0.deps.usage.delete_points_in(&mut tx, before, BATCH).await?;
        tx.commit().await?;
        Ok(deleted)
    }

    async fn delete_keys(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut tx = self.0.deps.transactor.begin().await?;
        let deleted = self.0.deps.usage.delete_keys_in(&mut tx, before, BATCH).await?;
        tx.commit().await?;
        Ok(deleted)
    }
}
