use async_trait::async_trait;
use kernel::{StoreError, TenantId, Tx};

/// A tenant, as far as this crate must know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantState {
    /// Whether it is deleted: then its connections are still shown, and change no more.
    pub is_deleted: bool,
}

/// What this crate must know of tenants.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait Tenants: Send + Sync {
    /// Whether there is such a tenant, deleted or not.
    async fn exists(&self, id: TenantId) -> Result<bool, StoreError>;

    /// The tenant, locked until the transaction ends, so that of two changes in it one waits for the other.
    async fn lock_in(&self, tx: &mut Tx, id: TenantId) -> Result<Option<TenantState>, StoreError>;
}

/// Whoever is named exists: for programs that check their tenants themselves.
#[derive(Debug, Clone, Copy, Default)]
pub struct AnyTenant;

#[async_trait]
impl Tenants for AnyTenant {
    async fn exists(&self, _: TenantId) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn lock_in(&self, _: &mut Tx, _: TenantId) -> Result<Option<TenantState>, StoreError> {
        Ok(Some(TenantState { is_deleted: false }))
    }
}
