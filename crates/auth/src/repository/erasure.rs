use async_trait::async_trait;
use kernel::{AdminId, StoreError, Tx};

use crate::domain::AccountId;

/// Takes out what is kept of a person's account.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait ErasureRepository: Send + Sync {
    /// Deletes their sessions, which hold addresses and user agents, whatever state they are in.
    async fn delete_sessions_in(&self, tx: &mut Tx, subject: AccountId) -> Result<(), StoreError>;

    /// Deletes their one-time tokens.
    async fn delete_tokens_in(&self, tx: &mut Tx, subject: AccountId) -> Result<(), StoreError>;

    /// Deletes a member of staff; their sessions must be gone.
    async fn delete_admin_in(&self, tx: &mut Tx, id: AdminId) -> Result<(), StoreError>;
}
