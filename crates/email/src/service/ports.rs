use std::sync::Arc;

use kernel::{AuditTrail, Clock, Entropy, Transactor, sealed::KeyRing};

use crate::{
    domain::Brand,
    repository::{NotificationRepository, SuppressionRepository},
};

/// Everything the services stand on.
#[derive(Clone)]
pub struct Ports {
    /// Opens transactions.
    pub transactor: Arc<dyn Transactor>,
    /// The log.
    pub notifications: Arc<dyn NotificationRepository>,
    /// Addresses that nothing is sent to.
    pub suppressions: Arc<dyn SuppressionRepository>,
    /// Keeps the trail.
    pub audit: Arc<dyn AuditTrail>,
    /// Seals secrets.
    pub key_ring: KeyRing,
    /// How mail looks.
    pub brand: Arc<Brand>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for Ports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ports").finish_non_exhaustive()
    }
}
