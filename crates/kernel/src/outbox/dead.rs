use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{EventId, StoreError, TenantId, Tx};

/// An event that was given up on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadEvent {
    /// Its id.
    pub id: EventId,
    /// As published.
    pub kind: String,
    /// As published.
    pub tenant_id: Option<TenantId>,
    /// How often it was delivered.
    pub attempts: u32,
    /// Why the last delivery failed.
    pub last_error: String,
    /// When it was published.
    pub occurred_at: DateTime<Utc>,
    /// When it was given up on.
    pub dead_at: DateTime<Utc>,
}

/// The events that were given up on: they stay until somebody looks at them.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait DeadEvents: Send + Sync {
    /// Up to `limit` of them, the oldest first; those that were published after `after` only, when it is given.
    ///
    /// # Errors
    /// What the store says.
    async fn list_dead(&self, after: Option<EventId>, limit: u64) -> Result<Vec<DeadEvent>, StoreError>;

    /// Makes them due again, with all their attempts, and tells how many that were; others are left alone. Handlers
    /// deduplicate, so that those who had their part of an event already do nothing.
    ///
    /// # Errors
    /// What the store says.
    async fn requeue_in(&self, tx: &mut Tx, ids: &[EventId]) -> Result<u64, StoreError>;
}
