use std::sync::Arc;

use async_trait::async_trait;
use kernel::{
    AuditEntry, AuditTrail, Clock, Entropy, OsEntropy, RequestContext, StoreError, SystemClock, Transactor, Tx,
};

use crate::{Database, store::SeaOutbox};

/// What the services of every crate run on. A program that has a part of its own puts it in the place of the default:
/// `Runtime { audit, ..Runtime::new(db) }`.
#[derive(Clone)]
pub struct Runtime {
    /// The database; for stores.
    pub db: Database,
    /// Opens transactions.
    pub transactor: Arc<dyn Transactor>,
    /// Keeps the trail.
    pub audit: Arc<dyn AuditTrail>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

impl Runtime {
    /// The machine's clock and randomness, and a trail that goes to the log.
    #[must_use]
    pub fn new(db: Database) -> Self {
        Self::with(db, Arc::new(SystemClock), Arc::new(OsEntropy))
    }

    /// [`Runtime::new`] with another clock and other randomness.
    #[must_use]
    pub fn with(db: Database, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { transactor: Arc::new(db.clone()), db, audit: Arc::new(TracedTrail), clock, entropy }
    }

    /// An outbox in this database that nobody subscribes to, for services that are given none.
    #[must_use]
    pub fn outbox(&self) -> SeaOutbox {
        SeaOutbox::new(self.db.clone(), Arc::clone(&self.clock), Arc::clone(&self.entropy))
    }
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runtime").finish_non_exhaustive()
    }
}

impl From<Database> for Runtime {
    fn from(db: Database) -> Self {
        Self::new(db)
    }
}

/// An audit trail for programs that keep none: entries go to the log, before their change commits.
#[derive(Debug, Clone, Copy, Default)]
pub struct TracedTrail;

#[async_trait]
impl AuditTrail for TracedTrail {
    async fn record_in(&self, _: &mut Tx, context: &RequestContext, entry: AuditEntry) -> Result<(), StoreError> {
        let AuditEntry { action, resource, resource_id, tenant_id, status_code, .. } = &entry;
        let tenant_id = tenant_id.map(|id| id.to_string());
        tracing::info!(action, resource, resource_id, tenant_id, status_code, request_id = %context.request_id, "audit");
        Ok(())
    }
}
