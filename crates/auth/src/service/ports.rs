use std::sync::Arc;

use kernel::{AuditTrail, Clock, Entropy, Transactor, outbox::Outbox, rate::RateWindows};

use crate::repository::{
    AdminRepository, AttemptRepository, CredentialRepository, RevocationRepository, SessionRepository, TenantDirectory,
};

/// What signing in and staying signed in ask of the world around them.
#[derive(Clone)]
pub struct AuthPorts {
    /// Staff accounts.
    pub admins: Arc<dyn AdminRepository>,
    /// Passwords of tenant users.
    pub credentials: Arc<dyn CredentialRepository>,
    /// Workshops and their people.
    pub directory: Arc<dyn TenantDirectory>,
    /// Sessions.
    pub sessions: Arc<dyn SessionRepository>,
    /// Counts of tries.
    pub attempts: Arc<dyn AttemptRepository>,
    /// Revocations.
    pub revocations: Arc<dyn RevocationRepository>,
    /// Counts of reset links asked for, and of refusals.
    pub rates: Arc<dyn RateWindows>,
    /// The audit trail.
    pub audit: Arc<dyn AuditTrail>,
    /// Events.
    pub outbox: Arc<dyn Outbox>,
    /// Transactions.
    pub transactor: Arc<dyn Transactor>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for AuthPorts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthPorts").finish_non_exhaustive()
    }
}
