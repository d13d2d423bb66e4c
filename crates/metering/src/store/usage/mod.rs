//! What workshops use: points in a table by months, and rollups of them.

mod points;
mod record;
mod retention;
mod rows;
mod sums;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use kernel::{
    StoreError, TenantId, Tx,
    page::{Page, PageRequest},
};
use platform::Database;

use crate::{
    domain::{Cover, MetricType, Rollup, Slice, UsageFilter, UsageKey, UsagePoint, UsageSort, UsageSum, UsageTotal},
    repository::UsageRepository,
};

/// [`UsageRepository`] over the database.
#[derive(Debug, Clone)]
pub struct UsageStore {
    db: Database,
    /// Months that are known to have room, so that nobody has to look again.
    roomy: Arc<Mutex<HashSet<NaiveDate>>>,
}

impl UsageStore {
    /// A store on this database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self { db: database, roomy: Arc::default() }
    }

    fn is_roomy(&self, month: NaiveDate) -> bool {
        self.roomy.lock().unwrap_or_else(PoisonError::into_inner).contains(&month)
    }
}

#[async_trait]
impl UsageRepository for UsageStore {
    async fn claim_keys_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        keys: &[UsageKey],
        now: DateTime<Utc>,
    ) -> Result<Vec<UsageKey>, StoreError> {
        record::claim_keys(tx, tenant, keys, now).await
    }

    async fn insert_points_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        points: &[UsagePoint],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let months: HashSet<_> = points.iter().map(|point| retention::month_of(point.date)).collect();
        for month in months {
            self.make_room_in(tx, month).await?;
        }
        record::insert_points(tx, tenant, points, now).await
    }

    async fn add_rollups_in(&self, tx: &mut Tx, tenant: TenantId, rollups: &[Rollup]) -> Result<bool, StoreError> {
        record::add_rollups(tx, tenant, rollups).await
    }

    async fn list_points(
        &self,
        tenant: TenantId,
        filter: &UsageFilter,
        page: &PageRequest<UsageSort>,
    ) -> Result<Page<UsagePoint>, StoreError> {
        points::list(self.db.reader(), tenant, filter, page).await
    }

    async fn list_sums(
        &self,
        tenant: TenantId,
        metric_type: Option<MetricType>,
        slices: &[Slice],
        page: &PageRequest<UsageSort>,
    ) -> Result<Page<UsageSum>, StoreError> {
        sums::list(self.db.reader(), (tenant, metric_type.as_ref()), slices, page).await
    }

    async fn sum(&self, tenant: TenantId, cover: &Cover) -> Result<Vec<(MetricType, UsageTotal)>, StoreError> {
        sums::by_metric(self.db.reader(), tenant, cover).await
    }

    async fn make_room_in(&self, tx: &mut Tx, day: NaiveDate) -> Result<bool, StoreError> {
        let month = retention::first_of_month(day);
        if self.is_roomy(month) {
            return Ok(false);
        }
        let made = retention::make_room(tx, self.db.engine(), month).await?;
        // What was made just now is gone again if the transaction fails.
        if !made {
            self.roomy.lock().unwrap_or_else(PoisonError::into_inner).insert(month);
        }
        Ok(made)
    }

    async fn delete_points_in(&self, tx: &mut Tx, before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError> {
        retention::delete_points(tx, self.db.engine(), before, limit).await
    }

    async fn delete_keys_in(&self, tx: &mut Tx, before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError> {
        retention::delete_keys(tx, before, limit).await
    }
}
