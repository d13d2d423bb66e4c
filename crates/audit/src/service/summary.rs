use chrono::TimeDelta;
use kernel::{
    AdminId, TenantId,
    page::{Direction, PageRequest, Sort, Start},
};

use super::log::AuditLog;
use crate::{
    domain::{
        entry::{ActorName, ActorRef, NamedEntry},
        filter::{AuditFilter, AuditSort},
    },
    error::AuditError,
};

/// Rows of each of a summary's lists.
const TOP: u64 = 10;

/// The trail at a glance, of one tenant or of all.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Entries of the last 24 hours.
    pub actions_last_24h: u64,
    /// Entries of the last 7 days.
    pub actions_last_7d: u64,
    /// Entries of the last 24 hours with a status of 400 or more.
    pub failures_last_24h: u64,
    /// Members of staff there are.
    pub total_admins: u64,
    /// The ten busiest members of staff of the last 7 days; the name is `None` when they are gone.
    pub top_admins: Vec<(AdminId, Option<ActorName>, u64)>,
    /// The ten most frequent actions of the last 7 days.
    pub top_actions: Vec<(String, u64)>,
    /// The ten latest entries.
    pub recent: Vec<NamedEntry>,
}

impl AuditLog {
    /// Sums up the trail, of one tenant or of all.
    ///
    /// # Errors
    /// [`AuditError::Directory`], [`AuditError::Store`].
    pub async fn summary(&self, tenant: Option<TenantId>) -> Result<Summary, AuditError> {
        let now = self.clock.now();
        let week = now - TimeDelta::days(7);
        let filter = AuditFilter { tenant_id: tenant, ..AuditFilter::default() };
        let latest = PageRequest {
            limit: TOP,
            start: Start::Offset(0),
            sort: Sort { field: AuditSort::CreatedAt, direction: Direction::Descending },
        };
        let counts = self.entries.counts(tenant, now).await?;
        let top_admins = self.entries.top_admins(tenant, week, TOP).await?;
        let top_actions = self.entries.top_actions(tenant, week, TOP).await?;
        let recent = self.search(&filter, &latest).await?.items;
        let people: Vec<_> = top_admins.iter().map(|(id, _)| ActorRef::Admin(*id)).collect();
        let mut names = self.names.find(&people).await?;
        Ok(Summary {
            actions_last_24h: counts.last_24h,
            actions_last_7d: counts.last_7d,
            failures_last_24h: counts.failures_24h,
            total_admins: self.names.count_admins().await?,
            top_admins: top_admins
                .into_iter()
                .map(|(id, count)| (id, names.remove(&ActorRef::Admin(id)), count))
                .collect(),
            top_actions,
            recent,
        })
    }
}
