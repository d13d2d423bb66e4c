use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use kernel::{StoreError, TenantId, Tx};
use uuid::Uuid;

/// A tenant's requests of a day that are not written down yet.
pub type Counted = (TenantId, NaiveDate, u64);

/// Requests of a workshop's people in a day of UTC, over all nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct CallDay {
    pub tenant_id: TenantId,
    pub day: NaiveDate,
    pub calls: u64,
    /// The highest level of the quota that was announced: 0, 80 or 100.
    pub announced: u32,
}

/// A day of which requests are not recorded as usage yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct UnmeteredDay {
    pub tenant_id: TenantId,
    pub day: NaiveDate,
    /// How many requests there were.
    pub calls: u64,
    /// How many of them are recorded; fewer.
    pub metered: u64,
}

/// One writing down of counts: a node's flushes have rising numbers, and at most one of them is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlushId {
    /// Made anew at every start of a server.
    pub node: Uuid,
    /// From 1 on.
    pub batch: i64,
}

/// Counts of requests.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait ApiCallRepository: Send + Sync {
    /// How many requests were counted on this day.
    async fn find(&self, tenant: TenantId, day: NaiveDate) -> Result<u64, StoreError>;

    /// Notes that this flush is being written down; `false` if it was before.
    async fn note_flush_in(&self, tx: &mut Tx, flush: FlushId, now: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Forgets nodes that have written nothing since `before`; tells how many.
    async fn delete_old_flushes_in(&self, tx: &mut Tx, before: DateTime<Utc>) -> Result<u64, StoreError>;

    /// Adds requests, in one statement, and answers the days as they are now.
    async fn add_in(&self, tx: &mut Tx, more: &[Counted]) -> Result<Vec<CallDay>, StoreError>;

    /// Notes that a level was announced; `false` if it was before.
    async fn mark_announced_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        day: NaiveDate,
        level: u32,
    ) -> Result<bool, StoreError>;

    /// Up to `limit` days of which requests are not recorded as usage yet, by day and workshop, those that come after `after`.
    async fn list_unmetered(
        &self,
        after: Option<(NaiveDate, TenantId)>,
        limit: u64,
    ) -> Result<Vec<UnmeteredDay>, StoreError>;

    /// Notes that all of this is recorded; `false` if the note has changed since it was read.
    async fn mark_metered_in(&self, tx: &mut Tx, day: &UnmeteredDay) -> Result<bool, StoreError>;

    /// Deletes up to `limit` days before `before`; tells how many.
    async fn delete_old_in(&self, tx: &mut Tx, before: NaiveDate, limit: u64) -> Result<u64, StoreError>;
}
