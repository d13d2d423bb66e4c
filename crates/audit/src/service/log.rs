use std::sync::Arc;

use kernel::page::{Page, PageRequest};

use super::names::Names;
use crate::{
    dependencies::Dependencies,
    domain::{
        entry::NamedEntry,
        filter::{AuditFilter, AuditSort},
    },
    error::AuditError,
    repository::EntryStore,
};

/// Reads the trail; see also `AuditLog::summary`.
#[derive(Clone)]
pub struct AuditLog {
    pub(super) entries: Arc<dyn EntryStore>,
    pub(super) names: Names,
    pub(super) clock: Arc<dyn kernel::Clock>,
}

impl std::fmt::Debug for AuditLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuditLog").finish_non_exhaustive()
    }
}

impl AuditLog {
    /// Over these dependencies.
    #[must_use]
    pub fn new(deps: &Dependencies) -> Self {
        Self { entries: Arc::clone(&deps.entries), names: Names::new(deps), clock: Arc::clone(&deps.clock) }
    }

    /// One page of the entries that pass the filter, with their actors' names and the exact total.
    ///
    /// # Errors
    /// [`AuditError::Directory`], [`AuditError::Store`].
    pub async fn search(
        &self,
        filter: &AuditFilter,
        page: &PageRequest<AuditSort>,
    ) -> Result<Page<NamedEntry>, AuditError> {
        let Page { items, total, next } = self.entries.list(filter, page).await?;
        Ok(Page { items: self.names.name_all(items).await?, total, next })
    }
}
