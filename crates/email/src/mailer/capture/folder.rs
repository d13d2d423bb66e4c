//! The messages as files, one each. Everything here blocks; call it on the blocking pool.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU64, Ordering},
};

use super::CapturedMessage;
use crate::domain::NotificationId;

/// Messages kept; older ones go.
const KEEP: usize = 500;

/// Tells the files apart that this process has not finished yet.
static NUMBER: AtomicU64 = AtomicU64::new(0);

#[derive(Debug, Clone)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(super) fn put(&self, message: &CapturedMessage) -> io::Result<()> {
        self.write(&self.0.join(format!("{}.json", message.id)), &serde_json::to_vec_pretty(message)?)?;
        for old in self.newest_first()?.into_iter().skip(KEEP) {
            ignore_missing(fs::remove_file(old))?;
        }
        Ok(())
    }

    /// The messages, newest first; a file that is no message is left out.
    pub(super) fn read(&self) -> io::Result<Vec<CapturedMessage>> {
        let mut messages = Vec::new();
        for path in self.newest_first()? {
            messages.extend(read(&path)?);
        }
        Ok(messages)
    }

    pub(super) fn find(&self, id: NotificationId) -> io::Result<Option<CapturedMessage>> {
        read(&self.0.join(format!("{id}.json")))
    }

    /// Whether messages can be kept. A folder that is not there yet is left to the first message.
    pub(super) fn probe(&self) -> io::Result<()> {
        match fs::metadata(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            other => other?,
        };
        let path = self.0.join("probe");
        self.write(&path, b"")?;
        ignore_missing(fs::remove_file(path))
    }

    /// Writes beside and renames, so that a reader sees a whole file or none, and a kill leaves no half.
    fn write(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        make_private(&self.0)?;
        let half = path.with_extension(format!("{}-{}.tmp", process::id(), NUMBER.fetch_add(1, Ordering::Relaxed)));
        let mut file = private_file(&half)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&half, path)
    }

    /// Names are ids, and those begin with their time.
    fn newest_first(&self) -> io::Result<Vec<PathBuf>> {
        let entries = match fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut paths = Vec::new();
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                paths.push(path);
            }
        }
        paths.sort_unstable_by(|a, b| b.cmp(a));
        Ok(paths)
    }
}

fn read(path: &Path) -> io::Result<Option<CapturedMessage>> {
    match fs::read(path) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Another mailer with the same folder may have been quicker.
fn ignore_missing(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Messages hold live links and passwords: they are for the developer's own account only.
#[cfg(unix)]
fn make_private(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

#[cfg(not(unix))]
fn make_private(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)
}

#[cfg(unix)]
fn private_file(path: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn private_file(path: &Path) -> io::Result<fs::File> {
    fs::File::create_new(path)
}
