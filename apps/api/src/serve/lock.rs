//! One server on an SQLite file: a second one would take the first one's events.

use std::{
    fs::{File, TryLockError},
    path::PathBuf,
};

use anyhow::{Context as _, bail};

use super::sqlite_path;
use crate::config::Config;

/// Held for as long as the server runs; the system lets go of it when the process dies, however it dies.
pub(super) struct Lock {
    _file: Option<File>,
}

/// Takes the lock of an SQLite database; PostgreSQL needs none.
pub(super) fn take(config: &Config) -> anyhow::Result<Lock> {
    let Some(database) = sqlite_path(config) else { return Ok(Lock { _file: None }) };
    let mut name = database.clone().into_os_string();
    name.push(".lock");
    let path = PathBuf::from(name);
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.with_context(|| format!("cannot open {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock { _file: Some(file) }),
        Err(TryLockError::WouldBlock) => bail!(
            "another nextcrm server is running on {}. Stop it first, or use PostgreSQL for several servers",
            database.display()
        ),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", path.display())),
    }
}
