use std::sync::Arc;

use kernel::{AuditTrail, Clock, Entropy, Transactor, outbox::Outbox, rate::RateWindows};

use crate::{
    events::AuthEvent,
    repository::{
        AdminRepository, AttemptRepository, CredentialRepository, RevocationRepository, SessionRepository,
        TenantDirectory,
    },
};

/// What signing in and staying signed in depend on.
#[derive(Clone)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Dependencies {
    pub admins: Arc<dyn AdminRepository>,
    /// Passwords of tenant users.
    pub credentials: Arc<dyn CredentialRepository>,
    /// Workshops and their people.
    pub directory: Arc<dyn TenantDirectory>,
    pub sessions: Arc<dyn SessionRepository>,
    pub attempts: Arc<dyn AttemptRepository>,
    pub revocations: Arc<dyn RevocationRepository>,
    /// Counts of reset links asked for, and of refusals.
    pub rates: Arc<dyn RateWindows>,
    pub audit: Arc<dyn AuditTrail>,
    pub outbox: Arc<dyn Outbox<AuthEvent>>,
    pub transactor: Arc<dyn Transactor>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for Dependencies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dependencies").finish_non_exhaustive()
    }
}
