use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use platform::Runtime;
use tokio::sync::Notify;

use crate::{
    ActorDirectory, Archiver, AuditKeys, AuditLog, AuditStore, CheckpointFile, Dependencies, Eraser, Exporter, Sealer,
    Trail, Verifier, repository::NoNames,
};

/// The services of this crate, over its own stores.
#[derive(Debug, Clone)]
pub struct Audit {
    /// Writes entries.
    pub trail: Arc<Trail>,
    /// Search and summary.
    pub log: AuditLog,
    /// Exports.
    pub exporter: Exporter,
    /// Finds the first broken entry.
    pub verifier: Verifier,
    /// Moves old entries to files.
    pub archiver: Archiver,
    /// Chains entries; let [`Sealer::run`] do so.
    pub sealer: Sealer,
    /// Takes a person's name, address and user agent out.
    pub eraser: Eraser,
    /// What is kept outside of the database.
    pub checkpoints: Arc<CheckpointFile>,
}

impl Audit {
    /// Begins with what the services run on, or with a database alone. `keys` chain the entries; checkpoints and archives
    /// go to files under `data_dir`, best on another disk than the database. Nobody's name is known.
    pub fn builder(runtime: impl Into<Runtime>, keys: AuditKeys, data_dir: &Path) -> AuditBuilder {
        AuditBuilder {
            runtime: runtime.into(),
            keys,
            data_dir: data_dir.to_owned(),
            directory: Arc::new(NoNames),
            former_name: String::new(),
        }
    }
}

/// Makes [`Audit`].
#[must_use]
pub struct AuditBuilder {
    runtime: Runtime,
    keys: AuditKeys,
    data_dir: PathBuf,
    directory: Arc<dyn ActorDirectory>,
    former_name: String,
}

impl std::fmt::Debug for AuditBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuditBuilder").finish_non_exhaustive()
    }
}

impl AuditBuilder {
    /// Who knows people's names.
    pub fn directory(self, directory: impl ActorDirectory + 'static) -> Self {
        Self { directory: Arc::new(directory), ..self }
    }

    /// What former versions called the database; see [`Dependencies::former_name`].
    pub fn former_name(self, former_name: String) -> Self {
        Self { former_name, ..self }
    }

    /// The services.
    #[must_use]
    pub fn build(self) -> Audit {
        let Runtime { db, transactor, clock, entropy, .. } = self.runtime;
        let (store, keys, wake) = (Arc::new(AuditStore::new(db)), Arc::new(self.keys), Arc::new(Notify::new()));
        let checkpoints = Arc::new(CheckpointFile::under(&self.data_dir));
        let trail = Arc::new(Trail::new(
            store.clone(),
            store.clone(),
            Arc::clone(&keys),
            Arc::clone(&clock),
            Arc::clone(&entropy),
            Arc::clone(&wake),
        ));
        let deps = Dependencies {
            transactor,
            entries: store.clone(),
            names: store.clone(),
            chain: store.clone(),
            archives: store,
            checkpoints: checkpoints.clone(),
            directory: self.directory,
            trail: trail.clone(),
            clock,
            entropy,
            keys,
            wake,
            former_name: self.former_name,
        };
        Audit {
            trail,
            log: AuditLog::new(&deps),
            exporter: Exporter::new(&deps),
            verifier: Verifier::new(&deps),
            archiver: Archiver::new(&deps, &self.data_dir),
            sealer: Sealer::new(&deps),
            eraser: Eraser::new(&deps),
            checkpoints,
        }
    }
}
