use std::sync::Arc;

use kernel::sealed::KeyRing;

use super::{AuthPorts, PasswordHasher, Revocations, Sessions, Throttle};
use crate::repository::{InvitationAcceptance, OneTimeTokenRepository};

/// What managing accounts and their passwords needs.
#[derive(Clone)]
pub struct AccountTools {
    /// What signing in needs too.
    pub ports: AuthPorts,
    /// One-time tokens.
    pub tokens: Arc<dyn OneTimeTokenRepository>,
    /// Who must know that an invitation was accepted.
    pub acceptance: Arc<dyn InvitationAcceptance>,
    /// Seals temporary passwords and tokens on their way to the mail.
    pub key_ring: KeyRing,
    /// Hashes passwords.
    pub hasher: PasswordHasher,
    /// Ends sessions.
    pub sessions: Arc<Sessions>,
    /// Kills access tokens.
    pub revocations: Arc<Revocations>,
    /// Counts wrong passwords.
    pub throttle: Arc<Throttle>,
}

impl std::fmt::Debug for AccountTools {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccountTools").finish_non_exhaustive()
    }
}
