use async_trait::async_trait;
use kernel::{StoreError, TenantId, Tx};

use crate::domain::Plan;

/// What a workshop has bought, as far as its limits go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct TenantPlan {
    pub tenant_id: TenantId,
    pub plan: Plan,
    /// Whether it is deleted.
    pub is_deleted: bool,
}

/// The plans of many workshops at once.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait TenantPlans: Send + Sync {
    /// The plans of those workshops that are there, in one query.
    async fn list_plans(&self, tenants: &[TenantId]) -> Result<Vec<TenantPlan>, StoreError>;

    /// [`TenantPlans::list_plans`] as the transaction sees it.
    async fn list_plans_in(&self, tx: &mut Tx, tenants: &[TenantId]) -> Result<Vec<TenantPlan>, StoreError>;
}
