//! What metering must know of workshops, answered by crates/tenancy; and the seats that tenancy takes, told to metering.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use kernel::{RequestContext, StoreError, TenantId, Tx};
use metering::{
    domain::{Quota, QuotaMetric},
    repository::{TenantState, Tenants},
    service::QuotaLevels,
};
use tenancy::{
    domain::{Plan, TenantKey},
    repository::{MemberRepository, SeatWatch, TenantPlan, TenantPlans, TenantRepository},
};

/// metering's [`Tenants`] over tenancy's workshops.
pub struct Workshops {
    /// Locks them.
    pub tenants: Arc<dyn TenantRepository>,
    /// Knows whether there is one.
    pub members: Arc<dyn MemberRepository>,
    /// Knows their plans.
    pub plans: Arc<dyn TenantPlans>,
}

#[async_trait]
impl Tenants for Workshops {
    async fn exists(&self, id: TenantId) -> Result<bool, StoreError> {
        Ok(self.members.find_tenant_id(&TenantKey::Id(id)).await?.is_some())
    }

    async fn find_for_share(&self, tx: &mut Tx, id: TenantId) -> Result<Option<TenantState>, StoreError> {
        let tenant = self.tenants.find_for_share(tx, id).await?;
        Ok(tenant.map(|tenant| state(tenant.plan, tenant.is_deleted())))
    }

    async fn list(&self, ids: &[TenantId]) -> Result<HashMap<TenantId, TenantState>, StoreError> {
        Ok(states(self.plans.list_plans(ids).await?))
    }

    async fn list_in(&self, tx: &mut Tx, ids: &[TenantId]) -> Result<HashMap<TenantId, TenantState>, StoreError> {
        Ok(states(self.plans.list_plans_in(tx, ids).await?))
    }
}

fn states(plans: Vec<TenantPlan>) -> HashMap<TenantId, TenantState> {
    plans.into_iter().map(|it| (it.tenant_id, state(it.plan, it.is_deleted))).collect()
}

fn state(plan: Plan, is_deleted: bool) -> TenantState {
    TenantState { is_deleted, calls_per_day: plan.limits().api_calls_per_day }
}

/// tenancy's [`SeatWatch`] over metering's levels.
pub struct SeatLevels(pub QuotaLevels);

#[async_trait]
impl SeatWatch for SeatLevels {
    async fn seat_taken_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        tenant: TenantId,
        used: u64,
        limit: u64,
    ) -> Result<(), StoreError> {
        let after = Quota { used, limit: Some(limit) };
        let before = Quota { used: used.saturating_sub(1), ..after };
        self.0.announce_change_in(tx, context, tenant, QuotaMetric::Users, (before, after)).await
    }
}
