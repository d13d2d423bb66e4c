use std::sync::Arc;

use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream::BoxStream};
use kernel::{AuditEntry, Changes, RequestContext};

use super::names::NameCache;
use crate::{
    dependencies::Dependencies,
    domain::{
        csv::{self, CSV_HEADER},
        entry::NamedEntry,
        filter::AuditFilter,
        keys::AuditKeys,
        line::{Line, Linker},
    },
    error::AuditError,
    repository::Position,
};

/// Entries that are in memory at a time.
const BATCH: u64 = 1_000;

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExportFormat {
    /// Comma-separated values, safe to open in a spreadsheet.
    #[default]
    Csv,
    /// JSON Lines with everything needed to verify it offline.
    JsonLines,
}

impl ExportFormat {
    /// The name on the wire, also the file's extension.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }
}

/// Streams entries, oldest first, in constant memory whatever their number.
#[derive(Clone)]
pub struct Exporter {
    deps: Dependencies,
}

impl std::fmt::Debug for Exporter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exporter").finish_non_exhaustive()
    }
}

impl Exporter {
    /// Over these dependencies.
    #[must_use]
    pub fn new(deps: &Dependencies) -> Self {
        Self { deps: deps.clone() }
    }

    /// Records that the trail is exported, then answers the export as a stream of chunks.
    ///
    /// The stream works only while it is polled: a slow reader slows it, dropping it ends it. Each batch is a query
    /// of its own, so no connection is held while the client reads. Entries newer than this call are not in it.
    ///
    /// # Errors
    /// [`AuditError::Store`]; in the stream also [`AuditError::Directory`]. A stream that fails has no last line.
    pub async fn export(
        &self,
        context: &RequestContext,
        filter: AuditFilter,
        format: ExportFormat,
    ) -> Result<BoxStream<'static, Result<Bytes, AuditError>>, AuditError> {
        let until = self.deps.clock.now();
        let mut tx = self.deps.transactor.begin().await?;
        self.deps.trail.record_in(&mut tx, context, exported(&filter, format)).await?;
        tx.commit().await?;
        Ok(self.clone().chunks(filter, until, format).boxed())
    }

    fn chunks(
        self,
        filter: AuditFilter,
        until: chrono::DateTime<chrono::Utc>,
        format: ExportFormat,
    ) -> impl Stream<Item = Result<Bytes, AuditError>> + Send {
        async_stream::try_stream! {
            let mut renderer = Renderer::new(format, Arc::clone(&self.deps.keys));
            let names = NameCache::new(&self.deps);
            let mut after = None;
            let mut first = true;
            loop {
                // One more than is shown tells whether this is the last batch.
                let mut entries = self.deps.entries.batch(&filter, after, until, BATCH + 1).await?;
                let last = entries.len() as u64 <= BATCH;
                entries.truncate(usize::try_from(BATCH).unwrap_or(usize::MAX));
                after = entries.last().map(|entry| Position { created_at: entry.created_at, id: entry.id });
                let named = names.name_all(entries).await?;
                // Milliseconds of formatting and hashing: not on a thread that serves others.
                let begin = std::mem::take(&mut first);
                let rendered = tokio::task::spawn_blocking(move || {
                    let bytes = renderer.render(named, begin, last);
                    bytes.map(|bytes| (renderer, bytes))
                });
                let (back, bytes) = rendered.await.map_err(std::io::Error::other)??;
                renderer = back;
                if !bytes.is_empty() {
                    yield Bytes::from(bytes);
                }
                if last {
                    break;
                }
            }
        }
    }
}

fn exported(filter: &AuditFilter, format: ExportFormat) -> AuditEntry {
    let mut changes = Changes::new().set("format", &format.as_str());
    let texts = [("action", &filter.action), ("resource", &filter.resource), ("resourceId", &filter.resource_id)];
    for (name, value) in texts {
        changes = value.iter().fold(changes, |changes, value| changes.set(name, value));
    }
    changes = filter.admin_id.iter().fold(changes, |changes, id| changes.set("adminUserId", id));
    changes = filter.status_code.iter().fold(changes, |changes, status| changes.set("statusCode", status));
    changes = filter.from.iter().fold(changes, |changes, from| changes.set("startDate", from));
    changes = filter.to.iter().fold(changes, |changes, to| changes.set("endDate", to));
    let mut entry = AuditEntry::done("AUDIT_EXPORTED", "audit_log", "export").changes(changes);
    entry.resource_id = None;
    filter.tenant_id.into_iter().fold(entry, AuditEntry::tenant)
}

enum Renderer {
    Csv,
    JsonLines { linker: Linker, keys: Arc<AuditKeys> },
}

impl Renderer {
    fn new(format: ExportFormat, keys: Arc<AuditKeys>) -> Self {
        match format {
            ExportFormat::Csv => Self::Csv,
            ExportFormat::JsonLines => Self::JsonLines { linker: Linker::default(), keys },
        }
    }

    fn render(&mut self, entries: Vec<NamedEntry>, begin: bool, last: bool) -> Result<Vec<u8>, std::io::Error> {
        match self {
            Self::Csv => {
                let mut writer = ::csv::Writer::from_writer(Vec::with_capacity(entries.len() * 256));
                if begin {
                    writer.write_record(CSV_HEADER).map_err(std::io::Error::other)?;
                }
                for named in &entries {
                    writer.write_record(csv::record(named)).map_err(std::io::Error::other)?;
                }
                writer.into_inner().map_err(|error| std::io::Error::other(error.to_string()))
            }
            Self::JsonLines { linker, keys } => {
                let count = entries.len();
                let mut text = String::with_capacity(count * 1_024);
                for (position, named) in entries.into_iter().enumerate() {
                    let mut line = Line::from(named);
                    line.end = last && position + 1 == count;
                    text.push_str(&linker.write(keys, &line)?);
                    text.push('\n');
                }
                Ok(text.into_bytes())
            }
        }
    }
}
