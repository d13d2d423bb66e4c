use std::{
    collections::HashMap,
    io::Write as _,
    path::{Path, PathBuf},
};

use chrono::TimeDelta;
use kernel::{AuditEntry, Changes, RequestContext};
use uuid::Uuid;

use super::verifier::{Expected, check, people};
use crate::{
    dependencies::Dependencies,
    domain::{
        archive::Archive,
        chain::{Head, PersonKey},
        entry::{Entry, NamedEntry},
        line::{Line, Linker},
        vault::Vault,
    },
    error::AuditError,
    repository::Stored,
};

/// Entries of one file, which are deleted in one transaction.
const FILE_ENTRIES: usize = 10_000;
/// Entries read at a time.
const BATCH: u64 = 1_000;
/// zstd's own default.
const COMPRESSION: i32 = 3;

/// What a run moved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Archived {
    /// Entries in all.
    pub entries: u64,
    /// The files, oldest first.
    pub files: Vec<PathBuf>,
}

/// Moves the oldest stretch of the chain to compressed files; what is left goes on where the last file ends.
#[derive(Debug, Clone)]
pub struct Archiver {
    deps: Dependencies,
    directory: PathBuf,
}

/// Entries that were checked and may go.
struct Stretch {
    entries: Vec<Entry>,
    people: HashMap<Uuid, PersonKey>,
    first: i64,
    head: Head,
}

impl Archiver {
    /// The age after which entries are moved unless told otherwise: two years.
    pub const DEFAULT_AGE: TimeDelta = TimeDelta::days(730);

    /// Files go to `archive` under the data directory.
    #[must_use]
    pub fn new(deps: &Dependencies, data_dir: &Path) -> Self {
        Self { deps: deps.clone(), directory: data_dir.join("archive") }
    }

    /// Moves all entries before the first one that is younger than `age`. Each file is complete and synced before its
    /// entries are deleted; a run that dies is made good by the next.
    ///
    /// # Errors
    /// [`AuditError::ChainBroken`] (nothing is moved from the file's first entry on), [`AuditError::ArchiveBusy`],
    /// [`AuditError::File`], [`AuditError::Seal`], [`AuditError::Store`].
    pub async fn run(&self, context: &RequestContext, age: TimeDelta) -> Result<Archived, AuditError> {
        let mut archived = Archived::default();
        while let Some(stretch) = self.stretch(age).await? {
            archived.entries += stretch.entries.len() as u64;
            archived.files.push(self.move_out(context, stretch).await?);
        }
        Ok(archived)
    }

    /// The entries of an archive file, with address and user agent of everyone who was not erased.
    ///
    /// # Errors
    /// [`AuditError::File`] when it is no file of ours, [`AuditError::Store`].
    pub async fn open(&self, file: &Path) -> Result<Vec<Entry>, AuditError> {
        let (path, keys) = (file.to_owned(), self.deps.keys.clone());
        let lines = blocking(move || {
            let text =
                String::from_utf8(zstd::decode_all(std::fs::File::open(path)?)?).map_err(std::io::Error::other)?;
            let mut linker = Linker::default();
            let read = |line| linker.read(&keys, line).map(|(line, _)| line);
            text.lines().map(read).collect::<Option<Vec<Line>>>().ok_or_else(|| std::io::Error::other("no archive"))
        });
        let mut entries = Vec::new();
        for mut line in lines.await? {
            let sealed = line.personal_sealed.take();
            let entry = line.into_entry().ok_or_else(|| std::io::Error::other("no archive"))?;
            entries.push((entry, sealed));
        }
        let ids: Vec<Uuid> = entries.iter().filter_map(|(entry, _)| entry.person()).collect();
        let people = self.deps.chain.person_keys(&ids).await?;
        for (entry, sealed) in &mut entries {
            if let (Some(vault), Some(sealed)) = (self.vault(entry, &people)?, sealed) {
                vault.take(entry, sealed)?;
            }
        }
        Ok(entries.into_iter().map(|(entry, _)| entry).collect())
    }

    async fn stretch(&self, age: TimeDelta) -> Result<Option<Stretch>, AuditError> {
        let cutoff = self.deps.clock.now() - age;
        let mut head = match self.deps.archives.find_last().await? {
            Some(archive) if !archive.is_genuine(&self.deps.keys) => {
                return Err(AuditError::ChainBroken { sequence: archive.first });
            }
            last => Head::after(last.as_ref()),
        };
        let first = head.sequence + 1;
        let mut entries = Vec::new();
        let mut keys: HashMap<Uuid, PersonKey> = HashMap::new();
        'reading: while entries.len() < FILE_ENTRIES {
            let rows = self.deps.chain.list_chain(head.sequence, BATCH).await?;
            if rows.is_empty() {
                break;
            }
            let found = people(self.deps.chain.as_ref(), &rows).await?;
            keys.extend(found.clone());
            for row in rows {
                if matches!(&row, Stored::Whole(entry) if entry.created_at >= cutoff) {
                    break 'reading;
                }
                // What does not verify must stay where it is, for somebody to look at.
                if check(&self.deps.keys, &mut head, &row, &found, &Expected::default()).is_some() {
                    return Err(AuditError::ChainBroken { sequence: head.sequence + 1 });
                }
                if let Stored::Whole(entry) = row {
                    entries.push(entry);
                }
            }
        }
        Ok((!entries.is_empty()).then_some(Stretch { entries, people: keys, first, head }))
    }

    /// The person's vault; `None` when they were erased.
    fn vault(&self, entry: &Entry, people: &HashMap<Uuid, PersonKey>) -> Result<Option<Vault>, AuditError> {
        let person = match entry.person() {
            None => None,
            Some(id) => match people.get(&id) {
                Some(PersonKey::Salt(salt)) => Some((id, salt.as_slice())),
                _ => return Ok(None),
            },
        };
        Ok(Some(Vault::open(&self.deps.keys, person, &self.deps.entropy)?))
    }

    fn render(&self, stretch: &mut Stretch) -> Result<String, AuditError> {
        let mut linker = Linker::default();
        let mut text = String::with_capacity(stretch.entries.len() * 1_024);
        let count = stretch.entries.len();
        for (position, mut entry) in std::mem::take(&mut stretch.entries).into_iter().enumerate() {
            let sealed = match self.vault(&entry, &stretch.people)? {
                Some(vault) => vault.put(&mut entry)?,
                None => None,
            };
            let mut line = Line::from(NamedEntry { entry, actor: None });
            line.personal_sealed = sealed;
            line.end = position + 1 == count;
            text.push_str(&linker.write(&self.deps.keys, &line).map_err(std::io::Error::from)?);
            text.push('\n');
        }
        Ok(text)
    }

    async fn move_out(&self, context: &RequestContext, mut stretch: Stretch) -> Result<PathBuf, AuditError> {
        let this = self.clone();
        // The name depends on the first entry only, so that a run after a crash overwrites what the crash left.
        let file = format!("audit-{:012}.jsonl.zst", stretch.first);
        let (path, new) = (self.directory.join(&file), self.unfinished(&file));
        let target = new.clone();
        let (first, head) = (stretch.first, stretch.head.clone());
        tokio::task::spawn_blocking(move || {
            let text = this.render(&mut stretch)?;
            Ok::<(), AuditError>(write_file(&this.directory, &target, text.as_bytes())?)
        })
        .await
        .map_err(std::io::Error::other)??;
        let archive = Archive::sign(&self.deps.keys, first, &head, file);
        let moved = self.commit(context, &archive, &new, &path).await;
        if moved.is_err() {
            // Best effort: what is left is overwritten or ignored.
            let _ = tokio::fs::remove_file(&new).await;
        }
        moved.map(|()| path)
    }

    /// Two runs at once must not write the same name.
    fn unfinished(&self, file: &str) -> PathBuf {
        let id = self.deps.entropy.uuid_v7(self.deps.clock.now());
        self.directory.join(format!("{file}.{id}.new"))
    }

    async fn commit(
        &self,
        context: &RequestContext,
        archive: &Archive,
        new: &Path,
        path: &Path,
    ) -> Result<(), AuditError> {
        let Dependencies { transactor, chain, archives, trail, clock, .. } = &self.deps;
        let mut tx = transactor.begin().await?;
        chain.lock_in(&mut tx).await?;
        let last = archives.find_last_in(&mut tx).await?.map_or(0, |archive| archive.last);
        if last + 1 != archive.first {
            return Err(AuditError::ArchiveBusy);
        }
        let (from, to, directory) = (new.to_owned(), path.to_owned(), self.directory.clone());
        blocking(move || {
            std::fs::rename(from, to)?;
            std::fs::File::open(directory)?.sync_all()
        })
        .await?;
        let moved = archives.move_in(&mut tx, archive, clock.now()).await?;
        if moved != archive.entries.unsigned_abs() {
            return Err(AuditError::ArchiveBusy);
        }
        let changes = Changes::new()
            .set("firstSequence", &archive.first)
            .set("lastSequence", &archive.last)
            .set("entries", &archive.entries);
        let entry = AuditEntry::done("AUDIT_ARCHIVED", "audit_log", &archive.file).changes(changes);
        trail.record_in(&mut tx, context, entry).await?;
        Ok(tx.commit().await?)
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, AuditError> {
    Ok(tokio::task::spawn_blocking(work).await.map_err(std::io::Error::other)??)
}

fn write_file(directory: &Path, path: &Path, text: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(directory)?;
    let mut encoder = zstd::Encoder::new(std::fs::File::create(path)?, COMPRESSION)?;
    encoder.include_checksum(true)?;
    encoder.write_all(text)?;
    encoder.finish()?.sync_all()
}
