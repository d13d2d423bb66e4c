use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::{SeaIdempotency, SeaOutbox};
use crate::{
    StoreError,
    jobs::{Items, Job, JobError},
};

/// How long handled events are kept, for looking into what happened.
const KEEP_EVENTS: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Rows deleted in one statement, so that none holds its locks for long.
const BATCH: u64 = 1_000;

/// Deletes events 7 days after they were handled, and idempotency keys when their life has ended.
#[derive(Debug, Clone)]
pub struct Housekeeping {
    outbox: SeaOutbox,
    keys: Arc<SeaIdempotency>,
}

impl Housekeeping {
    /// Housekeeping of these two; run it hourly.
    #[must_use]
    pub fn new(outbox: SeaOutbox, keys: Arc<SeaIdempotency>) -> Self {
        Self { outbox, keys }
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
        let events = items.note("events", self.sweep_events(stop).await)?;
        if events == Some(false) {
            return Err("stopped early".into());
        }
        let keys = items.note("idempotency keys", self.sweep_keys(stop).await)?;
        if keys == Some(false) {
            return Err("stopped early".into());
        }
        items.finish()
    }
}
