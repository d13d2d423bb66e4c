//! The only place with queries, and with the checkpoint file.

mod archives;
mod chain;
mod checkpoint_file;
mod entity;
mod entries;
mod identity;
mod names;
mod persons;

pub use checkpoint_file::CheckpointFile;

use platform::Database;

/// Entries, chain and archives on SQLite or PostgreSQL.
#[derive(Debug, Clone)]
pub struct AuditStore {
    db: Database,
}

impl AuditStore {
    /// On this database.
    #[must_use]
    pub fn new(db: Database) -> Self {
        Self { db }
    }
}
