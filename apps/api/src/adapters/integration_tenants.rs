//! What connections to other services must know of workshops, answered by crates/tenancy.

use std::sync::Arc;

use async_trait::async_trait;
use integrations::repository::{TenantState, Tenants};
use kernel::{StoreError, TenantId, Tx};
use tenancy::{
    domain::TenantKey,
    repository::{MemberRepository, TenantRepository},
};

/// integrations' [`Tenants`] over tenancy's workshops.
pub struct Workshops {
    /// Locks them.
    pub tenants: Arc<dyn TenantRepository>,
    /// Knows whether there is one.
    pub members: Arc<dyn MemberRepository>,
}

#[async_trait]
impl Tenants for Workshops {
    async fn exists(&self, id: TenantId) -> Result<bool, StoreError> {
        Ok(self.members.find_tenant_id(&TenantKey::Id(id)).await?.is_some())
    }

    async fn lock_in(&self, tx: &mut Tx, id: TenantId) -> Result<Option<TenantState>, StoreError> {
        let tenant = self.tenants.find_for_update(tx, id).await?;
        Ok(tenant.map(|tenant| TenantState { is_deleted: tenant.is_deleted() }))
    }
}
