//! What plans limit: seats are taken where people are added, requests are counted here.

mod api_calls;
mod metering;
mod tally;

pub use api_calls::{ApiCalls, ApiCallsHousekeeping};
pub use metering::ApiCallsMetering;

use kernel::TenantId;

use super::Ports;
use crate::{
    TenancyError,
    domain::{Quota, QuotaUse},
};

/// Reads what workshops have used of their plans.
#[derive(Debug, Clone)]
pub struct Quotas {
    ports: Ports,
    api_calls: ApiCalls,
}

impl Quotas {
    /// Over these ports, with the counter of this node.
    #[must_use]
    pub fn new(ports: Ports, api_calls: ApiCalls) -> Self {
        Self { ports, api_calls }
    }

    /// What the workshop has used of its plan; its requests include those that only this node knows of yet.
    ///
    /// # Errors
    /// [`TenancyError::TenantNotFound`].
    pub async fn get(&self, tenant: TenantId) -> Result<QuotaUse, TenancyError> {
        let summary = self.ports.tenants.find(tenant).await?.ok_or(TenancyError::TenantNotFound)?;
        let plan = summary.tenant.plan;
        let limits = plan.limits();
        let users = Quota { used: self.ports.people.count_active(tenant).await?, limit: limits.seats };
        let api_calls = Quota { used: self.api_calls.used(tenant).await?, limit: limits.api_calls_per_day };
        Ok(QuotaUse { plan, users, api_calls })
    }
}
