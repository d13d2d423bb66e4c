use async_trait::async_trait;
use kernel::{EmailAddress, StoreError, TenantId, TenantUserId, Tx};

/// A workshop, as far as tickets go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workshop {
    /// Deleted ones are shown to staff, and nothing in them changes.
    pub deleted: bool,
}

/// One of a workshop's people, as far as tickets go.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct CustomerPerson {
    pub id: TenantUserId,
    pub first_name: String,
    pub last_name: String,
    pub email: EmailAddress,
}

impl CustomerPerson {
    /// First and last name.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

/// Workshops and their people; crates/tenancy knows them.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait Customers: Send + Sync {
    /// The workshop as the transaction sees it, kept from being deleted until it ends; `None` if there is none. Lock it
    /// for sharing only, or staff's work on one workshop queues up.
    async fn find_workshop_for_share(&self, tx: &mut Tx, id: TenantId) -> Result<Option<Workshop>, StoreError>;

    /// One of the workshop's people as the transaction sees them, active or not.
    async fn find_person_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        id: TenantUserId,
    ) -> Result<Option<CustomerPerson>, StoreError>;
}
