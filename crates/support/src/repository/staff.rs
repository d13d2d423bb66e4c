use async_trait::async_trait;
use kernel::{AdminId, StoreError, Tx};

/// A member of staff, as far as tickets go.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct StaffMember {
    pub id: AdminId,
    pub first_name: String,
    pub last_name: String,
    /// Whether tickets can be theirs: they are active and have the permission support:write.
    pub may_handle: bool,
}

impl StaffMember {
    /// First and last name.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

/// How a member of staff is called now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffName {
    /// Who.
    pub id: AdminId,
    /// First and last name.
    pub name: String,
}

/// NextCRM's staff; crates/auth knows them.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait Staff: Send + Sync {
    /// A member of staff, active or not, kept from changing until the transaction ends: nobody is given a ticket while
    /// they lose the right to have it.
    async fn find_for_share(&self, tx: &mut Tx, id: AdminId) -> Result<Option<StaffMember>, StoreError>;

    /// The names of those who are known, active or not, in one query.
    async fn list_names(&self, ids: &[AdminId]) -> Result<Vec<StaffName>, StoreError>;
}
