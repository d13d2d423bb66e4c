use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{StoreError, Tx};

use crate::domain::Revocation;

/// How far a node has read revocations, in the order of the database; whatever the clocks say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedPosition(pub i64);

/// Where revocations are kept, for all nodes.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait RevocationRepository: Send + Sync {
    /// The revocations that the read which answered `after` could not see yet (all of them without one; some may come
    /// again), and how far this read went.
    async fn list_revocations(
        &self,
        after: Option<FeedPosition>,
    ) -> Result<(Vec<Revocation>, FeedPosition), StoreError>;

    /// Stores revocations, many in one statement.
    async fn insert_revocations_in(&self, tx: &mut Tx, revocations: &[Revocation]) -> Result<(), StoreError>;

    /// Deletes what expired before `before`, if the database too finds it older than `age_secs`; answers how many.
    async fn purge_revocations_in(&self, tx: &mut Tx, before: DateTime<Utc>, age_secs: i64) -> Result<u64, StoreError>;
}
