use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use kernel::{Caller, Clock};
use tokio::time::Instant;

use crate::{AuthError, Revocation, RevocationSet};

/// What this node knows of revocations; every verified token is held against it, without a database read.
///
/// Until it was filled for the first time, and whenever the feed has been silent for too long, it refuses all. How long it
/// has been silent is measured, not read from a clock that may be set.
pub struct LiveRevocations {
    state: RwLock<State>,
    clock: Arc<dyn Clock>,
    stale_after: Duration,
    life: Duration,
}

#[derive(Default)]
struct State {
    set: RevocationSet,
    heard_at: Option<Instant>,
}

impl std::fmt::Debug for LiveRevocations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveRevocations").finish_non_exhaustive()
    }
}

impl LiveRevocations {
    /// Empty and refusing, until the feed has filled it. A token lives for `life` at most.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, stale_after: Duration, life: Duration) -> Self {
        Self { state: RwLock::default(), clock, stale_after, life }
    }

    /// Takes what the feed has read, as of `read_at` (before the read began).
    pub fn absorb(&self, revocations: &[Revocation], read_at: Instant) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        for revocation in revocations {
            state.set.add(revocation, read_at);
        }
        state.set.drop_expired(self.clock.now(), read_at, self.life);
        state.heard_at = Some(read_at);
    }

    /// How many subjects are revoked, for metrics.
    #[must_use]
    pub fn len(&self) -> usize {
        self.state.read().unwrap_or_else(PoisonError::into_inner).set.len()
    }

    /// Whether nothing is revoked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Lets the token pass that told of this caller, or not.
    ///
    /// # Errors
    /// [`AuthError::TokenRevoked`], [`AuthError::RevocationsStale`].
    pub fn check(&self, caller: &Caller) -> Result<(), AuthError> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        if state.set.refuses(caller) {
            return Err(AuthError::TokenRevoked);
        }
        match state.heard_at {
            Some(heard_at) if heard_at.elapsed() <= self.stale_after => Ok(()),
            _ => Err(AuthError::RevocationsStale),
        }
    }
}
