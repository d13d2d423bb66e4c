use std::sync::Arc;

use platform::queue::WorkItems;

use super::{Dependencies, PasswordHasher, Revocations, Sessions, Throttle};
use crate::repository::{AccountMail, InvitationAcceptance, OneTimeTokenRepository};

/// What managing accounts and their passwords needs.
#[derive(Clone)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct AccountTools {
    /// What signing in needs too.
    pub deps: Dependencies,
    pub tokens: Arc<dyn OneTimeTokenRepository>,
    /// Who must know that an invitation was accepted.
    pub acceptance: Arc<dyn InvitationAcceptance>,
    pub mail: Arc<dyn AccountMail>,
    /// Where what is done afterwards waits.
    pub items: Arc<dyn WorkItems>,
    pub hasher: PasswordHasher,
    pub sessions: Arc<Sessions>,
    pub revocations: Arc<Revocations>,
    pub throttle: Arc<Throttle>,
}

impl std::fmt::Debug for AccountTools {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccountTools").finish_non_exhaustive()
    }
}
