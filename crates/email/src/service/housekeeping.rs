use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use kernel::{Clock, StoreError};
use platform::jobs::{Items, Job, JobError};
use tokio_util::sync::CancellationToken;

use crate::repository::MailQueue;

/// How long the secret of a message that was not sent is kept, so that staff may have it sent after all; as long as an
/// invitation is good.
const KEEP_SECRETS: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How long the log is kept: it holds addresses and names.
const KEEP_LOG: Duration = Duration::from_secs(400 * 24 * 60 * 60);
/// Rows touched in one statement, so that none holds its locks for long.
const BATCH: u64 = 1_000;

/// Erases secrets of messages that were given up on a week ago, and deletes messages after 400 days.
#[derive(Clone)]
pub struct Housekeeping {
    queue: Arc<dyn MailQueue>,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Housekeeping {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Housekeeping").finish_non_exhaustive()
    }
}

impl Housekeeping {
    /// Housekeeping of this log; run it hourly.
    #[must_use]
    pub fn new(queue: Arc<dyn MailQueue>, clock: Arc<dyn Clock>) -> Self {
        Self { queue, clock }
    }
}

impl Housekeeping {
    /// Tells whether nothing is left; false when it was stopped before.
    async fn erase_secrets(&self, stop: &CancellationToken) -> Result<bool, StoreError> {
        let before = self.clock.now() - KEEP_SECRETS;
        while self.queue.erase_secrets(before, BATCH).await? > 0 {
            if stop.is_cancelled() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn delete_old(&self, stop: &CancellationToken) -> Result<bool, StoreError> {
        let before = self.clock.now() - KEEP_LOG;
        while self.queue.delete_old(before, BATCH).await? > 0 {
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
        "email.housekeeping"
    }

    async fn run(&self, stop: &CancellationToken) -> Result<(), JobError> {
        let mut items = Items::of(self.name());
        let erased = items.note("secrets", self.erase_secrets(stop).await)?;
        if erased == Some(false) {
            return Err("stopped early".into());
        }
        let deleted = items.note("messages", self.delete_old(stop).await)?;
        if deleted == Some(false) {
            return Err("stopped early".into());
        }
        items.finish()
    }
}

#[cfg(test)]
#[path = "housekeeping_tests.rs"]
mod tests;
