use std::collections::HashMap;

use async_trait::async_trait;
use kernel::{StoreError, TenantId, Tx};

/// A tenant, as far as this crate must know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantState {
    /// Whether it is deleted: then its usage is still shown, and nothing is recorded any more.
    pub is_deleted: bool,
    /// How many requests its people may make in a day of UTC; `None` for any number.
    pub calls_per_day: Option<u64>,
}

/// What this crate must know of tenants.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait Tenants: Send + Sync {
    /// Whether there is such a tenant, deleted or not.
    async fn exists(&self, id: TenantId) -> Result<bool, StoreError>;

    /// The tenant, kept from changing until the transaction ends. Others may record for it meanwhile.
    async fn find_for_share(&self, tx: &mut Tx, id: TenantId) -> Result<Option<TenantState>, StoreError>;

    /// Those of these tenants that are there, in one query.
    async fn list(&self, ids: &[TenantId]) -> Result<HashMap<TenantId, TenantState>, StoreError>;

    /// [`Tenants::list`] as the transaction sees it.
    async fn list_in(&self, tx: &mut Tx, ids: &[TenantId]) -> Result<HashMap<TenantId, TenantState>, StoreError>;
}

/// Whoever is named exists and makes as many requests as they like: for programs that check their tenants themselves.
#[derive(Debug, Clone, Copy, Default)]
pub struct AnyTenant;

impl AnyTenant {
    const STATE: TenantState = TenantState { is_deleted: false, calls_per_day: None };
}

#[async_trait]
impl Tenants for AnyTenant {
    async fn exists(&self, _: TenantId) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn find_for_share(&self, _: &mut Tx, _: TenantId) -> Result<Option<TenantState>, StoreError> {
        Ok(Some(Self::STATE))
    }

    async fn list(&self, ids: &[TenantId]) -> Result<HashMap<TenantId, TenantState>, StoreError> {
        Ok(ids.iter().map(|id| (*id, Self::STATE)).collect())
    }

    async fn list_in(&self, _: &mut Tx, ids: &[TenantId]) -> Result<HashMap<TenantId, TenantState>, StoreError> {
        self.list(ids).await
    }
}
