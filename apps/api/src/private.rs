//! What the server writes is for its own user: 0600 for files, 0700 for directories.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use rustix::{fs::Mode, process::umask};

use crate::{config::Config, serve::sqlite_path};

/// Looked at in a data directory; whoever has more mends all of it anyway.
const MAX_ENTRIES: usize = 1_000;

/// From now on nobody but this process's user gets at what it makes: data, archives, the SQLite files and their journals.
pub fn keep_to_ourselves() {
    umask(Mode::RWXG | Mode::RWXO);
}

/// What others may get at, and what to do about it: of what was there before, or was opened by hand.
#[must_use]
pub fn complaints(config: &Config) -> Vec<String> {
    let sqlite = sqlite_path(config).into_iter().flat_map(|path| {
        ["", "-wal", "-shm"].map(|suffix| {
            let mut name = path.clone().into_os_string();
            name.push(suffix);
            PathBuf::from(name)
        })
    });
    let mut entries = Vec::new();
    collect(&config.data_dir, &mut entries);
    let mut open: Vec<PathBuf> = entries.into_iter().chain(sqlite).filter(|path| is_open(path)).collect();
    open.sort_unstable();
    open.dedup();
    match open.as_slice() {
        [] => Vec::new(),
        [first, ..] => vec![format!(
            "{} ({} in all) can be read or written by other users of this machine; run: chmod -R go= {}",
            first.display(),
            open.len(),
            if first.starts_with(&config.data_dir) { &config.data_dir } else { first }.display(),
        )],
    }
}

fn collect(path: &Path, entries: &mut Vec<PathBuf>) {
    if entries.len() >= MAX_ENTRIES {
        return;
    }
    entries.push(path.to_owned());
    // Links are not followed: what they lead to is somebody else's.
    if fs::symlink_metadata(path).is_ok_and(|found| found.is_dir()) {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            collect(&entry.path(), entries);
        }
    }
}

fn is_open(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| !found.is_symlink() && found.permissions().mode() & 0o077 != 0)
}
