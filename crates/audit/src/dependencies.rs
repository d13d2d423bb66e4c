use std::sync::Arc;

use kernel::{AuditTrail, Clock, Entropy, Transactor};
use tokio::sync::Notify;

use crate::{
    domain::keys::AuditKeys,
    repository::{ActorDirectory, ArchiveStore, ChainStore, CheckpointLog, EntryStore, NameStore},
};

/// Everything the services of this crate work on; the shell puts it together once.
#[derive(Clone)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Dependencies {
    pub transactor: Arc<dyn Transactor>,
    pub entries: Arc<dyn EntryStore>,
    /// Names of people who left.
    pub names: Arc<dyn NameStore>,
    pub chain: Arc<dyn ChainStore>,
    pub archives: Arc<dyn ArchiveStore>,
    /// Checkpoints outside the database.
    pub checkpoints: Arc<dyn CheckpointLog>,
    pub directory: Arc<dyn ActorDirectory>,
    /// Where exports, archives and erasures are recorded (a `Trail`).
    pub trail: Arc<dyn AuditTrail>,
    pub clock: Arc<dyn Clock>,
    /// Randomness for salts and nonces.
    pub entropy: Arc<dyn Entropy>,
    pub keys: Arc<AuditKeys>,
    /// Wakes the sealer; the same as the trail's.
    pub wake: Arc<Notify>,
    /// What former versions called the database in their checkpoints, without credentials: `sqlite:/data/nextcrm.db`,
    /// `postgres:host/db`. Those made since name what the database itself holds.
    pub former_name: String,
}

impl std::fmt::Debug for Dependencies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dependencies").field("former_name", &self.former_name).finish_non_exhaustive()
    }
}
