use async_trait::async_trait;
use kernel::{AdminId, StoreError};

/// How an admin is called now.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct AdminName {
    pub id: AdminId,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
}

/// Who admins are, for whoever shows their ids to people. Says nothing about passwords.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait AdminNames: Send + Sync {
    /// Those of them who are known, active or not, in one query.
    async fn list_names(&self, ids: &[AdminId]) -> Result<Vec<AdminName>, StoreError>;

    /// How many there are, active or not.
    async fn count_admins(&self) -> Result<u64, StoreError>;
}
