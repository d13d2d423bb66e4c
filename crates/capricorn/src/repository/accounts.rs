use async_trait::async_trait;
use kernel::{StoreError, TenantId};

use crate::domain::Account;

/// Credentials cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Those of the workshop must be entered anew, or the key that they are sealed with put back.
    #[error("the workshop's connection cannot be used until its credentials are entered anew")]
    Unusable,
    /// The database did not do what was asked.
    #[error("the database failed")]
    Store(#[from] StoreError),
}

/// With whose credentials the supplier is asked for whom.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Those of the workshop's active connection, else the configured ones, if there are any. Changed ones count from the next
    /// call on.
    ///
    /// # Errors
    /// [`AccountError::Unusable`] where the connection's secrets do not open: nobody else's are taken in their place.
    async fn of(&self, tenant: TenantId) -> Result<Option<Account>, AccountError>;

    /// The configured ones, if there are any.
    fn configured(&self) -> Option<Account>;

    /// Notes that the supplier refused these credentials, so that whoever looks at the connection sees it; or that it took
    /// them again.
    async fn note(&self, account: &Account, refused: Option<String>) -> Result<(), StoreError>;
}
