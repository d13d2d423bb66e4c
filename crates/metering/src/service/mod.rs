//! The use cases: [`Usage`] records and reads what is used, [`ApiCalls`] counts requests and refuses those beyond the plan,
//! [`QuotaLevels`] tells when a quota runs out.

mod api_calls;
mod quota_levels;
#[cfg(test)]
mod test_fixture;
mod usage;

pub use api_calls::{ApiCalls, ApiCallsHousekeeping, ApiCallsMetering};
pub use quota_levels::QuotaLevels;
pub use usage::{Usage, UsageHousekeeping, UsagePage, UsageRecorded};

use std::sync::Arc;

use kernel::{AuditTrail, Clock, Entropy, Transactor, outbox::Outbox};

use crate::{
    events::MeteringEvent,
    repository::{ApiCallRepository, Tenants, UsageRepository},
};

/// What the services depend on.
#[derive(Clone)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Dependencies {
    pub transactor: Arc<dyn Transactor>,
    /// Points, and sums of them.
    pub usage: Arc<dyn UsageRepository>,
    pub calls: Arc<dyn ApiCallRepository>,
    pub tenants: Arc<dyn Tenants>,
    pub audit: Arc<dyn AuditTrail>,
    /// Tells the rest of the system.
    pub outbox: Arc<dyn Outbox<MeteringEvent>>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for Dependencies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dependencies").finish_non_exhaustive()
    }
}
