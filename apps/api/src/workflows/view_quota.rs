use kernel::TenantId;
use metering::{domain::Quota, service::ApiCalls};
use tenancy::{domain::Plan, service::People};

use crate::http::Problem;

/// What a workshop has used of its plan: seats, which crates/tenancy knows, and requests, which crates/metering counts.
#[derive(Debug, Clone)]
pub struct ViewQuota {
    /// Who has a seat.
    pub people: People,
    /// The counter of this node.
    pub calls: ApiCalls,
}

/// What a workshop has used of its plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaUse {
    /// Its plan.
    pub plan: Plan,
    /// Seats.
    pub users: Quota,
    /// Requests of today, a day of UTC; those that only this node knows of yet included.
    pub api_calls: Quota,
}

impl ViewQuota {
    /// The workshop's use of its plan.
    ///
    /// # Errors
    /// 404, or what the stores say.
    pub async fn get(&self, tenant: TenantId) -> Result<QuotaUse, Problem> {
        let seats = self.people.seats(tenant).await?;
        let limits = seats.plan.limits();
        let users = Quota { used: seats.used, limit: limits.seats };
        let api_calls = Quota { used: self.calls.used(tenant).await?, limit: limits.api_calls_per_day };
        Ok(QuotaUse { plan: seats.plan, users, api_calls })
    }
}
