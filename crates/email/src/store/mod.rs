//! The ports' database side: SQLite and PostgreSQL.

mod entity;
mod erasure;
mod notifications;
mod queue;
mod reseal;
mod rows;
mod settle;
mod suppressions;

use std::sync::Arc;

use kernel::Clock;
use platform::Database;
use tokio::sync::Notify;

/// The log and the suppression list in the database. Make one and share it: queueing wakes only its own dispatcher at once,
/// those of other nodes find the message when they next look.
#[derive(Clone)]
pub struct EmailStore {
    db: Database,
    clock: Arc<dyn Clock>,
    waker: Arc<Notify>,
}

impl std::fmt::Debug for EmailStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmailStore").finish_non_exhaustive()
    }
}

impl EmailStore {
    /// A store on this database.
    #[must_use]
    pub fn new(db: Database, clock: Arc<dyn Clock>) -> Self {
        Self { db, clock, waker: Arc::new(Notify::new()) }
    }
}
