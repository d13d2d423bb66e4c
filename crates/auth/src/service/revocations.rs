use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::TimeDelta;
use kernel::{Clock, SessionId, StoreError, TenantId, Tx};
use tokio::{sync::Notify, time::Instant};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Dependencies, LiveRevocations};
use crate::{
    AuthConfig,
    domain::{AccountId, Revocation, RevocationKind},
    repository::{FeedPosition, RevocationRepository},
};

/// Everything is read again this often, so that a database that was put back to an older state is followed, too.
const RELOAD_EVERY: Duration = Duration::from_secs(60);
/// A revocation is kept so much longer than the clock demands that wrote it, by the database's: both would have to be
/// wrong to lose it early.
const KEEP_LONGER: Duration = Duration::from_secs(60 * 60);
/// A token signed right before the revocation may reach its owner right after it.
const SLACK: Duration = Duration::from_secs(60);

/// Writes revocations in the transaction of their cause, and keeps this node's [`LiveRevocations`] up to date.
pub struct Revocations {
    repository: Arc<dyn RevocationRepository>,
    clock: Arc<dyn Clock>,
    live: Arc<LiveRevocations>,
    wake: Arc<Notify>,
    read_up_to: Mutex<Option<FeedPosition>>,
    poll: Duration,
    life: Duration,
}

impl std::fmt::Debug for Revocations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Revocations").finish_non_exhaustive()
    }
}

impl Revocations {
    /// Nothing is known until [`Revocations::load`].
    #[must_use]
    pub fn new(deps: &Dependencies, config: &AuthConfig) -> Self {
        let life = config.access_token_life + config.leeway + SLACK;
        Self {
            repository: Arc::clone(&deps.revocations),
            clock: Arc::clone(&deps.clock),
            live: Arc::new(LiveRevocations::new(Arc::clone(&deps.clock), config.revocation_stale_after, life)),
            wake: Arc::default(),
            read_up_to: Mutex::default(),
            poll: config.revocation_poll,
            life,
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

    /// Kills a person's access tokens of generations before `min_generation`, in all their sessions but `spared`: one row,
    /// however many sessions there are.
    ///
    /// # Errors
    /// What the store says.
    pub async fn revoke_principal_in(
        &self,
        tx: &mut Tx,
        subject: AccountId,
        min_generation: i64,
        spared: Option<SessionId>,
    ) -> Result<(), StoreError> {
        let revocation = self.revocation(RevocationKind::Principal, subject.id(), min_generation);
        self.write_in(tx, &[Revocation { spared, ..revocation }]).await
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
        self.read(None).await
    }

    /// Follows new revocations until told to stop: woken by this node's own, and polling for those of others.
    pub async fn run(&self, stop: CancellationToken) {
        let mut loaded_at = Instant::now();
        let mut failing = false;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.wake.notified() => {}
                () = tokio::time::sleep(self.poll) => {}
            }
            let reload = loaded_at.elapsed() >= RELOAD_EVERY;
            let after = if reload { None } else { self.position() };
            let now = Instant::now();
            match self.read(after).await {
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
        let age = i64::try_from((self.life + KEEP_LONGER).as_secs()).unwrap_or(i64::MAX);
        self.repository.purge_revocations_in(tx, self.clock.now(), age).await
    }

    fn position(&self) -> Option<FeedPosition> {
        *self.read_up_to.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn read(&self, after: Option<FeedPosition>) -> Result<(), StoreError> {
        let began = Instant::now();
        let (revocations, position) = self.repository.list_revocations(after).await?;
        self.live.absorb(&revocations, began);
        *self.read_up_to.lock().unwrap_or_else(PoisonError::into_inner) = Some(position);
        Ok(())
    }

    fn revocation(&self, kind: RevocationKind, subject: Uuid, min_generation: i64) -> Revocation {
        let life = TimeDelta::from_std(self.life).unwrap_or(TimeDelta::MAX);
        Revocation { kind, subject, min_generation, spared: None, expires_at: self.clock.now() + life }
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
