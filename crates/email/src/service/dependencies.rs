use std::sync::Arc;

use kernel::{AuditTrail, Clock, Entropy, Transactor, sealed::KeyRing};

use crate::{
    domain::Brand,
    repository::{NotificationRepository, SuppressionRepository},
};

/// What the services depend on.
#[derive(Clone)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Dependencies {
    pub transactor: Arc<dyn Transactor>,
    pub notifications: Arc<dyn NotificationRepository>,
    /// Addresses that nothing is sent to.
    pub suppressions: Arc<dyn SuppressionRepository>,
    pub audit: Arc<dyn AuditTrail>,
    pub key_ring: KeyRing,
    pub brand: Arc<Brand>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for Dependencies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dependencies").finish_non_exhaustive()
    }
}
