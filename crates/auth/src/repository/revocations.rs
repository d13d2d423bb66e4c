use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{StoreError, Tx};

use crate::domain::Revocation;

/// Where revocations are kept, for all nodes.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait RevocationRepository: Send + Sync {
    /// The revocations written at or after `since` that have not expired.
    async fn list_revocations(&self, since: DateTime<Utc>, now: DateTime<Utc>) -> Result<Vec<Revocation>, StoreError>;

    /// Stores revocations, many in one statement.
    async fn insert_revocations_in(&self, tx: &mut Tx, revocations: &[Revocation]) -> Result<(), StoreError>;

    /// Deletes what expired before `before`; answers how many.
    async fn purge_revocations_in(&self, tx: &mut Tx, before: DateTime<Utc>) -> Result<u64, StoreError>;
}
