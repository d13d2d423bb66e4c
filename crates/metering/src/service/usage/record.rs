use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use kernel::{AuditEntry, Changes, RequestContext, Subject, TenantId, Tx};

use super::Usage;
use crate::{
    MeteringError,
    domain::{MetricType, NewPoint, Rollup, UsageBatch, UsageKey, UsagePoint},
};

/// Most metrics that an entry of the trail names.
const NAMED: usize = 20;

/// What came of recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageRecorded {
    /// Points that were added.
    pub recorded: u64,
    /// Points that were there already, by their key.
    pub duplicates: u64,
}

impl Usage {
    /// Records points.
    ///
    /// # Errors
    /// As [`Usage::record_in`].
    pub async fn record(
        &self,
        context: &RequestContext,
        tenant: TenantId,
        batch: UsageBatch,
    ) -> Result<UsageRecorded, MeteringError> {
        let mut tx = self.deps.transactor.begin().await?;
        let recorded = self.record_in(&mut tx, context, tenant, batch).await?;
        tx.commit().await?;
        Ok(recorded)
    }

    /// Records points, and adds them to the rollups. A key that was used before, or earlier in the batch, makes its point a
    /// duplicate, which changes nothing. What people record leaves an entry in the trail, without the values.
    ///
    /// # Errors
    /// [`MeteringError::TenantNotFound`], [`MeteringError::TenantDeleted`] for a deleted workshop,
    /// [`MeteringError::UsageFull`]; then the transaction is of no more use.
    pub async fn record_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        tenant: TenantId,
        batch: UsageBatch,
    ) -> Result<UsageRecorded, MeteringError> {
        let state = self.deps.tenants.find_for_share(tx, tenant).await?.ok_or(MeteringError::TenantNotFound)?;
        if state.is_deleted {
            return Err(MeteringError::TenantDeleted);
        }
        let now = self.deps.clock.now();
        let total = batch.0.len();
        let metrics: BTreeSet<MetricType> = batch.0.iter().map(|point| point.metric_type.clone()).collect();
        let points = self.drop_duplicates_in(tx, tenant, batch.0, now).await?;
        let points = self.with_ids(points, now);
        let counts = UsageRecorded { recorded: points.len() as u64, duplicates: (total - points.len()) as u64 };
        if !points.is_empty() {
            self.deps.usage.insert_points_in(tx, tenant, &points, now).await?;
        }
        if !matches!(context.caller.subject, Subject::System(_)) {
            self.deps.audit.record_in(tx, context, entry(tenant, counts, &metrics)).await?;
        }
        // Last, because here writers of one workshop wait for each other until the commit.
        if !points.is_empty() && !self.deps.usage.add_rollups_in(tx, tenant, &Rollup::of(&points)).await? {
            return Err(MeteringError::UsageFull);
        }
        Ok(counts)
    }

    /// Takes the points' keys, and leaves out those whose key was taken before.
    async fn drop_duplicates_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        points: Vec<NewPoint>,
        now: DateTime<Utc>,
    ) -> Result<Vec<NewPoint>, MeteringError> {
        let keys: Vec<UsageKey> = points.iter().filter_map(|point| point.key.clone()).collect();
        if keys.is_empty() {
            return Ok(points);
        }
        let mut free: HashSet<_> = self.deps.usage.claim_keys_in(tx, tenant, &keys, now).await?.into_iter().collect();
        // Taken out of the set, so that of several with one key the first stays.
        Ok(points.into_iter().filter(|point| point.key.as_ref().is_none_or(|key| free.remove(key))).collect())
    }

    /// Ids rise within a batch: of points at one instant the last is the latest.
    fn with_ids(&self, points: Vec<NewPoint>, now: DateTime<Utc>) -> Vec<UsagePoint> {
        let mut ids: Vec<_> = points.iter().map(|_| self.deps.entropy.uuid_v7(now)).collect();
        ids.sort_unstable();
        let point = |(id, point): (_, NewPoint)| UsagePoint {
            id,
            metric_type: point.metric_type,
            value: point.value,
            date: point.date,
            details: point.details,
        };
        ids.into_iter().zip(points).map(point).collect()
    }
}

fn entry(tenant: TenantId, counts: UsageRecorded, metrics: &BTreeSet<MetricType>) -> AuditEntry {
    let named: Vec<_> = metrics.iter().take(NAMED).map(MetricType::as_str).collect();
    let changes = Changes::new()
        .set("recorded", &counts.recorded)
        .set("duplicates", &counts.duplicates)
        .set("metricTypes", &named)
        .field("furtherMetricTypes", &0, &metrics.len().saturating_sub(NAMED));
    AuditEntry::done("USAGE_RECORDED", "tenant", tenant).tenant(tenant).status(201).changes(changes)
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
