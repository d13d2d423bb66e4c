use async_trait::async_trait;
use kernel::{StoreError, TenantId, TenantStatus, TenantUserId, Tx};

/// How one of a workshop's people is called.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct PersonName {
    pub id: TenantUserId,
    pub name: String,
}

/// Workshops and their people, as far as orders go; crates/tenancy knows them.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait Workshops: Send + Sync {
    /// Where a workshop stands, kept like that until the transaction ends; `None` if it is deleted or was never there.
    async fn find_status_for_share(&self, tx: &mut Tx, id: TenantId) -> Result<Option<TenantStatus>, StoreError>;

    /// How people are called; who is unknown or was erased is left out. At most a page of orders' worth.
    async fn list_names(&self, people: &[(TenantId, TenantUserId)]) -> Result<Vec<PersonName>, StoreError>;
}
