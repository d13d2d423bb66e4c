use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Clock, SessionId, StoreError, TenantId, Tx};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{AuthPorts, LiveRevocations};
use crate::{
    AuthConfig,
    domain::{Revocation, RevocationKind, Subject},
    repository::RevocationRepository,
};

/// A revocation is dated when it is written, but seen when its transaction commits; each poll looks this far back, so
/// that neither a slow transaction nor another node's clock hides one.
const OVERLAP: TimeDelta = TimeDelta::seconds(60);
/// Everything is read again this often, whatever the clocks say.
const RELOAD_EVERY: TimeDelta = TimeDelta::seconds(60);
/// A token signed right before the revocation may reach its owner right after it.
const SLACK: Duration = Duration::from_secs(60);

/// Writes revocations in the transaction of their cause, and keeps this node's [`LiveRevocations`] up to date.
pub struct Revocations {
    repository: Arc<dyn RevocationRepository>,
    clock: Arc<dyn Clock>,
    live: Arc<LiveRevocations>,
    wake: Arc<Notify>,
    poll: Duration,
    life: TimeDelta,
}

impl std::fmt::Debug for Revocations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Revocations").finish_non_exhaustive()
    }
}

impl Revocations {
    /// Nothing is known until [`Revocations::load`].
    #[must_use]
    pub fn new(ports: &AuthPorts, config: &AuthConfig) -> Self {
        let life = config.access_token_life + config.leeway + SLACK;
        Self {
            repository: Arc::clone(&ports.revocations),
            clock: Arc::clone(&ports.clock),
            live: Arc::new(LiveRevocations::new(Arc::clone(&ports.clock), config.revocation_stale_after)),
            wake: Arc::default(),
            poll: config.revocation_poll,
            life: TimeDelta::from_std(life).unwrap_or(TimeDelta::MAX),
        }
    }

    /// What tokens are held against.
    #[must_use]
    pub fn live(&self) -> Arc<LiveRevocations> {
        Arc::clone(&self.live)
    }

    /// Kills a session's access tokens.
    ///
    /// # Errors
    /// What the store says.
    pub async fn revoke_session_in(&self, tx: &mut Tx, id: SessionId) -> Result<(), StoreError> {
        self.revoke_sessions_in(tx, &[id]).await
    }

    /// Kills the access tokens of several sessions.
    ///
    /// # Errors
    /// What the store says.
    pub async fn revoke_sessions_in(&self, tx: &mut Tx, ids: &[SessionId]) -> Result<(), StoreError> {
        let revocations: Vec<_> = ids.iter().map(|id| self.revocation(RevocationKind::Session, id.uuid(), 0)).collect();
        self.write_in(tx, &revocations).await
    }

    /// Kills a person's access tokens of generations before `min_generation`.
    ///
    /// # Errors
    /// What the store says.
    pub async fn revoke_principal_in(
        &self,
        tx: &mut Tx,
        subject: Subject,
        min_generation: i64,
    ) -> Result<(), StoreError> {
        self.write_in(tx, &[self.revocation(RevocationKind::Principal, subject.id(), min_generation)]).await
    }

    /// Kills the access tokens of a workshop's people of generations before `min_generation`.
    ///
    /// # Errors
    /// What the store says.
    pub async fn revoke_tenant_in(&self, tx: &mut Tx, id: TenantId, min_generation: i64) -> Result<(), StoreError> {
        self.write_in(tx, &[self.revocation(RevocationKind::Tenant, id.uuid(), min_generation)]).await
    }

    /// Reads all revocations; called before the first request is served.
    ///
    /// # Errors
    /// What the store says; nothing is believed then.
    pub async fn load(&self) -> Result<(), StoreError> {
        self.read_since(DateTime::UNIX_EPOCH).await
    }

    /// Follows new revocations until told to stop: woken by this node's own, and polling for those of others.
    pub async fn run(&self, stop: CancellationToken) {
        let mut loaded_at = self.clock.now();
        let mut failing = false;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.wake.notified() => {}
                () = tokio::time::sleep(self.poll) => {}
            }
            let now = self.clock.now();
            let reload = (now - loaded_at).abs() >= RELOAD_EVERY;
            let since = if reload { DateTime::UNIX_EPOCH } else { now - OVERLAP };
            match self.read_since(since).await {
                Ok(()) => {
                    loaded_at = if reload { now } else { loaded_at };
                    failing = false;
                }
                Err(error) if !failing => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "revocations cannot be read");
                    failing = true;
                }
                Err(_) => {}
            }
        }
    }

    /// Deletes revocations that no token can be concerned by any more.
    ///
    /// # Errors
    /// What the store says.
    pub async fn purge_in(&self, tx: &mut Tx) -> Result<u64, StoreError> {
        self.repository.purge_revocations_in(tx, self.clock.now()).await
    }

    async fn read_since(&self, since: DateTime<Utc>) -> Result<(), StoreError> {
        let now = self.clock.now();
        let revocations = self.repository.list_revocations(since, now).await?;
        self.live.absorb(&revocations, now);
        Ok(())
    }

    fn revocation(&self, kind: RevocationKind, subject: Uuid, min_generation: i64) -> Revocation {
        let now = self.clock.now();
        Revocation { kind, subject, min_generation, created_at: now, expires_at: now + self.life }
    }

    async fn write_in(&self, tx: &mut Tx, revocations: &[Revocation]) -> Result<(), StoreError> {
        self.repository.insert_revocations_in(tx, revocations).await?;
        tx.wake_on_commit(&self.wake);
        Ok(())
    }
}

#[cfg(test)]
#[path = "revocations_tests.rs"]
mod tests;
