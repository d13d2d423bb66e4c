use std::sync::Arc;

use async_trait::async_trait;
use kernel::Transactor;
use platform::jobs::{Items, Job, JobError};
use tokio_util::sync::CancellationToken;

use super::{Passwords, Revocations, Sessions, Throttle};
use crate::AuthError;

/// Deletes what no longer matters: counts of tries, expired revocations, sessions long over, ended one-time tokens.
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Housekeeping {
    pub transactor: Arc<dyn Transactor>,
    pub throttle: Arc<Throttle>,
    pub revocations: Arc<Revocations>,
    pub sessions: Arc<Sessions>,
    pub passwords: Arc<Passwords>,
}

impl std::fmt::Debug for Housekeeping {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Housekeeping").finish_non_exhaustive()
    }
}

impl Housekeeping {
    async fn purge_tries(&self) -> Result<(), AuthError> {
        let mut tx = self.transactor.begin().await?;
        self.throttle.purge_in(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    async fn purge_revocations(&self) -> Result<(), AuthError> {
        let mut tx = self.transactor.begin().await?;
        self.revocations.purge_in(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    async fn purge_sessions(&self) -> Result<(), AuthError> {
        let mut tx = self.transactor.begin().await?;
        self.sessions.purge_in(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    async fn purge_tokens(&self) -> Result<(), AuthError> {
        let mut tx = self.transactor.begin().await?;
        self.passwords.purge_tokens_in(&mut tx).await?;
        Ok(tx.commit().await?)
    }
}

#[async_trait]
impl Job for Housekeeping {
    fn name(&self) -> &'static str {
        "auth.housekeeping"
    }

    /// A transaction a table, so that none holds its locks for the others' time, nor keeps them from being purged.
    async fn run(&self, _: &CancellationToken) -> Result<(), JobError> {
        let mut items = Items::of(self.name());
        items.note("tries", self.purge_tries().await)?;
        items.note("revocations", self.purge_revocations().await)?;
        items.note("sessions", self.purge_sessions().await)?;
        items.note("tokens", self.purge_tokens().await)?;
        items.finish()
    }
}
