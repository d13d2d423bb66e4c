use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use kernel::StoreError;
use tokio_util::sync::CancellationToken;

use super::{SeaIdempotency, SeaOutbox, SeaWorkItems};
use crate::jobs::{Items, Job, JobError};

/// How long events and what was done are kept, for looking into what happened.
const KEEP_EVENTS: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Rows deleted in one statement, so that none holds its locks for long.
const BATCH: u64 = 1_000;

/// Deletes events and items 7 days after they were done with, and idempotency keys when their life has ended.
#[derive(Debug, Clone)]
pub struct Housekeeping {
    outbox: SeaOutbox,
    items: SeaWorkItems,
    keys: Arc<SeaIdempotency>,
}

impl Housekeeping {
    /// Housekeeping of these; run it hourly.
    #[must_use]
    pub fn new(outbox: SeaOutbox, items: SeaWorkItems, keys: Arc<SeaIdempotency>) -> Self {
        Self { outbox, items, keys }
    }
}

impl Housekeeping {
    /// Tells whether nothing is left; false when it was stopped before.
    async fn sweep_events(&self, stop: &CancellationToken) -> Result<bool, StoreError> {
        while self.outbox.sweep(KEEP_EVENTS, BATCH).await? > 0 {
            if stop.is_cancelled() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn sweep_items(&self, stop: &CancellationToken) -> Result<bool, StoreError> {
        while self.items.sweep(KEEP_EVENTS, BATCH).await? > 0 {
            if stop.is_cancelled() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn sweep_keys(&self, stop: &CancellationToken) -> Result<bool, StoreError> {
        while self.keys.sweep(BATCH).await? > 0 {
            if stop.is_cancelled() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

#[async_trait]
impl Job for Housekeeping {
    fn name(&self) -> &'static str {
        "kernel.housekeeping"
    }

    async fn run(&self, stop: &CancellationToken) -> Result<(), JobError> {
        let mut items = Items::of(self.name());
        let swept = [
            // The deliveries first: events wait for theirs.
            items.note("work items", self.sweep_items(stop).await)?,
            items.note("events", self.sweep_events(stop).await)?,
            items.note("idempotency keys", self.sweep_keys(stop).await)?,
        ];
        if swept.contains(&Some(false)) {
            return Err("stopped early".into());
        }
        items.finish()
    }
}
