use kernel::{
    TenantId,
    page::{Page, PageRequest},
};

use super::Usage;
use crate::{
    MeteringError,
    domain::{Cover, MetricType, UsageFilter, UsagePoint, UsageQuery, UsageSort, UsageSum, UsageTotal, default_range},
};

/// A page of what was asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum UsagePage {
    /// Points.
    Points(Page<UsagePoint>),
    /// Sums.
    Sums(Page<UsageSum>),
}

impl Usage {
    /// A page of the workshop's points or sums; those of a deleted one, too.
    ///
    /// Points are there as long as they are kept; sums stay for ever. An end of the range inside of a quarter of an hour whose
    /// points are not kept any more leaves that quarter out.
    ///
    /// # Errors
    /// [`MeteringError::TenantNotFound`].
    pub async fn read(
        &self,
        tenant: TenantId,
        query: &UsageQuery,
        page: &PageRequest<UsageSort>,
    ) -> Result<UsagePage, MeteringError> {
        let (found, total) = match query {
            UsageQuery::Points(filter) => {
                let points = self.points(tenant, filter, page).await?;
                let total = points.total;
                (UsagePage::Points(points), total)
            }
            UsageQuery::Sums { metric_type, slices } => {
                let sums = self.deps.usage.list_sums(tenant, metric_type.clone(), slices, page).await?;
                let total = sums.total;
                (UsagePage::Sums(sums), total)
            }
        };
        // Only an empty list can be that of a workshop that is not there.
        if total == 0 && !self.deps.tenants.exists(tenant).await? {
            return Err(MeteringError::TenantNotFound);
        }
        Ok(found)
    }

    /// Of what is not kept any more some may still be there, until the job has come by: nobody sees it.
    async fn points(
        &self,
        tenant: TenantId,
        filter: &UsageFilter,
        page: &PageRequest<UsageSort>,
    ) -> Result<Page<UsagePoint>, MeteringError> {
        let kept = UsageFilter { from: filter.from.max(self.keep.since(self.deps.clock.now())), ..filter.clone() };
        if kept.to <= kept.from {
            return Ok(Page { items: Vec::new(), total: 0, next: None });
        }
        Ok(self.deps.usage.list_points(tenant, &kept, page).await?)
    }

    /// The sum of each metric over the last 30 days, to the quarter of an hour, by name (of the first 500); of a workshop that
    /// is not there, nothing.
    ///
    /// # Errors
    /// What the store says.
    pub async fn last_30_days(&self, tenant: TenantId) -> Result<Vec<(MetricType, UsageTotal)>, MeteringError> {
        let (from, to) = default_range(self.deps.clock.now());
        Ok(self.deps.usage.sum(tenant, &Cover::touched(from, to)).await?)
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
