use async_trait::async_trait;
use kernel::{StoreError, TenantId, Tx};

use crate::domain::{History, HistoryEntry, TicketId};

/// What happened to tickets and counts for their service level.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait HistoryRepository: Send + Sync {
    /// The ticket's history as the transaction sees it. Take the ticket's lock first.
    async fn read_in(&self, tx: &mut Tx, tenant: TenantId, ticket: TicketId) -> Result<History, StoreError>;

    /// Adds lines to it.
    async fn append_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        ticket: TicketId,
        entries: &[HistoryEntry],
    ) -> Result<(), StoreError>;
}
