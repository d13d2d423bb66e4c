use async_trait::async_trait;
use chrono::NaiveDate;
use kernel::{StoreError, TenantId, Tx};

use crate::domain::Plan;

/// Requests of a workshop's people in a day of UTC, over all nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallDay {
    /// Whose.
    pub tenant_id: TenantId,
    /// When.
    pub day: NaiveDate,
    /// How many.
    pub calls: u64,
    /// The workshop's plan.
    pub plan: Plan,
    /// The highest level of the quota that was announced: 0, 80 or 100.
    pub announced: u32,
}

/// A day of which requests are not recorded as usage yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnmeteredDay {
    /// Whose.
    pub tenant_id: TenantId,
    /// When.
    pub day: NaiveDate,
    /// How many requests there were.
    pub calls: u64,
    /// How many of them are recorded; fewer.
    pub metered: u64,
}

/// Counts of requests.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait ApiCallRepository: Send + Sync {
    /// How many requests were counted on this day.
    async fn find(&self, tenant: TenantId, day: NaiveDate) -> Result<u64, StoreError>;

    /// Adds requests, in one statement, and answers the days as they are now; those of workshops that are gone are left out.
    async fn add_in(&self, tx: &mut Tx, more: &[(TenantId, NaiveDate, u64)]) -> Result<Vec<CallDay>, StoreError>;

    /// Notes that a level was announced; `false` if it was before.
    async fn mark_announced_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        day: NaiveDate,
        level: u32,
    ) -> Result<bool, StoreError>;

    /// Up to `limit` days of workshops, not deleted ones, of which requests are not recorded as usage yet, by day and
    /// workshop, those that come after `after`.
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
