//! What this crate announces.

use kernel::outbox::{About, DomainEvent};
use serde::{Deserialize, Serialize};

use crate::domain::QuotaMetric;

/// Events of what tenants use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub enum MeteringEvent {
    /// So much of a quota is used: of seats whenever that is reached, of requests once a day.
    #[serde(rename = "quota.reached.v1")]
    QuotaReached {
        metric: QuotaMetric,
        /// 80 or 100.
        percent: u32,
        used: u64,
        /// Absent where there is none.
        limit: Option<u64>,
    },
}

impl DomainEvent for MeteringEvent {
    fn about(&self) -> About {
        match self {
            Self::QuotaReached { .. } => About::tenant("tenant", "usage:read"),
        }
    }
}
