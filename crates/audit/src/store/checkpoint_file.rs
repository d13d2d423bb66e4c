use std::{
    collections::HashSet,
    io::Write as _,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use tokio::sync::Mutex;

use crate::{domain::checkpoint::Checkpoint, error::AuditError, repository::CheckpointLog};

/// Above this many lines every second one, but for the newest of each database and what is not ours, is dropped. Each
/// checkpoint vouches for everything before it, so nothing goes unnoticed; only the place of a break is told less finely.
const MOST_LINES: usize = 20_000;

/// Checkpoints as JSON lines in a file.
#[derive(Debug)]
pub struct CheckpointFile {
    path: PathBuf,
    // Lines in the file; `None` until it was counted.
    lines: Mutex<Option<usize>>,
}

impl CheckpointFile {
    /// `audit/checkpoints.jsonl` under the data directory; made when the first checkpoint comes.
    #[must_use]
    pub fn under(data_dir: &Path) -> Self {
        Self { path: data_dir.join("audit").join("checkpoints.jsonl"), lines: Mutex::new(None) }
    }

    /// Renames the file, if there is one, to `checkpoints.<suffix>.jsonl`, for a database that was replaced on purpose.
    ///
    /// # Errors
    /// [`AuditError::File`] when it cannot be renamed.
    pub async fn set_aside(&self, suffix: &str) -> Result<(), AuditError> {
        let mut lines = self.lines.lock().await;
        *lines = None;
        match tokio::fs::rename(&self.path, self.path.with_extension(format!("{suffix}.jsonl"))).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl CheckpointLog for CheckpointFile {
    async fn append(&self, checkpoint: &Checkpoint) -> Result<(), AuditError> {
        let mut lines = self.lines.lock().await;
        let line = serde_json::to_string(checkpoint).map_err(std::io::Error::from)?;
        let path = self.path.clone();
        let known = *lines;
        *lines = None;
        let count = blocking(move || append_line(&path, &line, known)).await?;
        *lines = Some(count);
        Ok(())
    }

    async fn read(&self) -> Result<Vec<Result<Checkpoint, usize>>, AuditError> {
        let text = match tokio::fs::read_to_string(&self.path).await {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            other => other?,
        };
        // A line without its end was cut by a power failure before it counted.
        let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
        Ok(whole
            .lines()
            .enumerate()
            .map(|(position, line)| serde_json::from_str(line).map_err(|_| position + 1))
            .collect())
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, AuditError> {
    Ok(tokio::task::spawn_blocking(work).await.map_err(std::io::Error::other)??)
}

/// Appends and syncs; answers the number of lines.
fn append_line(path: &Path, line: &str, known: Option<usize>) -> std::io::Result<usize> {
    let directory = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(directory)?;
    let before = match known {
        Some(lines) => lines,
        None => mend(path)?,
    };
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(format!("{line}\n").as_bytes())?;
    file.sync_all()?;
    if before == 0 {
        std::fs::File::open(directory)?.sync_all()?;
    }
    if before + 1 > MOST_LINES { thin(path) } else { Ok(before + 1) }
}

/// Cuts off a half-written last line; answers the number of whole ones.
fn mend(path: &Path) -> std::io::Result<usize> {
    let bytes = match std::fs::read(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        other => other?,
    };
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    if whole < bytes.len() {
        std::fs::OpenOptions::new().write(true).open(path)?.set_len(whole as u64)?;
    }
    Ok(bytes.iter().filter(|byte| **byte == b'\n').count())
}

fn thin(path: &Path) -> std::io::Result<usize> {
    let text = std::fs::read_to_string(path)?;
    let kept = keep(&text);
    let new = path.with_extension("jsonl.new");
    let mut file = std::fs::File::create(&new)?;
    file.write_all((kept.join("\n") + "\n").as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&new, path)?;
    std::fs::File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(kept.len())
}

fn keep(text: &str) -> Vec<&str> {
    let mut known = HashSet::new();
    let mut kept: Vec<&str> = text
        .lines()
        .rev()
        .enumerate()
        .filter(|(position, line)| {
            let newest = serde_json::from_str::<Checkpoint>(line).map_or(true, |line| known.insert(line.database));
            newest || position % 2 == 0
        })
        .map(|(_, line)| line)
        .collect();
    kept.reverse();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_is_never_the_newest_of_a_database_nor_what_is_not_ours() {
        let line = |database: &str, count: i64| {
            format!(r#"{{"database":"{database}","count":{count},"head":"h","at":"2026-01-01T00:00:00Z","mac":"m"}}"#)
        };
        let lines =
            [line("a", 1), line("b", 1), "garbage".to_owned(), line("b", 2), line("b", 3), line("b", 4), line("b", 5)];
        let text = lines.join("\n");
        let expected = [0, 2, 4, 6].map(|index: usize| lines[index].as_str());
        assert_eq!(keep(&text), expected);
    }
}
