use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use kernel::{
    StoreError, TenantId, Tx,
    page::{Page, PageRequest},
};

use crate::domain::{
    Cover, MetricType, Rollup, Slice, UsageFilter, UsageKey, UsagePoint, UsageSort, UsageSum, UsageTotal,
};

/// What workshops use: points, and rollups of them that are kept as points arrive.
///
/// Whoever records takes locks in this order: the workshop, keys, rollups.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait UsageRepository: Send + Sync {
    /// Takes keys, each once; answers those that were free. Waits for others who are taking one of them.
    async fn claim_keys_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        keys: &[UsageKey],
        now: DateTime<Utc>,
    ) -> Result<Vec<UsageKey>, StoreError>;

    /// Adds points.
    async fn insert_points_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        points: &[UsagePoint],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Adds to rollups, in the order given. `false` if a sum has no room for it; then the transaction is of no more use.
    async fn add_rollups_in(&self, tx: &mut Tx, tenant: TenantId, rollups: &[Rollup]) -> Result<bool, StoreError>;

    /// A page of the workshop's points; those of `filter` must still be kept.
    async fn list_points(
        &self,
        tenant: TenantId,
        filter: &UsageFilter,
        page: &PageRequest<UsageSort>,
    ) -> Result<Page<UsagePoint>, StoreError>;

    /// A page of the sums of slices, for each metric that has points there.
    async fn list_sums(
        &self,
        tenant: TenantId,
        metric_type: Option<MetricType>,
        slices: &[Slice],
        page: &PageRequest<UsageSort>,
    ) -> Result<Page<UsageSum>, StoreError>;

    /// The sum of each metric that has points there, by name; of the first 500.
    async fn sum(&self, tenant: TenantId, cover: &Cover) -> Result<Vec<(MetricType, UsageTotal)>, StoreError>;

    /// Makes room for the points of this day's month, where the database needs that; `false` if there was.
    async fn make_room_in(&self, tx: &mut Tx, day: NaiveDate) -> Result<bool, StoreError>;

    /// Deletes points before `before`, the begin of a month of UTC: up to `limit` of them, or whole months at once where the
    /// database has them apart. Tells how many of either it were. Rollups stay.
    async fn delete_points_in(&self, tx: &mut Tx, before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError>;

    /// Deletes up to `limit` keys that were taken before `before`; tells how many.
    async fn delete_keys_in(&self, tx: &mut Tx, before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError>;
}
