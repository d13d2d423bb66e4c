use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{StoreError, TenantId, TenantUserId, Tx};

use crate::domain::PasswordHash;

/// Where the passwords of tenant users are kept; `None` stands for somebody who has none (yet).
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait CredentialRepository: Send + Sync {
    /// The current hash.
    async fn find_hash(&self, tenant_id: TenantId, id: TenantUserId) -> Result<Option<PasswordHash>, StoreError>;

    /// The current hash, locked for a change. Without a row there is nothing to lock: two first passwords at
    /// once are decided by whoever made the transactions meet (an invitation is used once).
    async fn find_hash_for_update(
        &self,
        tx: &mut Tx,
        tenant_id: TenantId,
        id: TenantUserId,
    ) -> Result<Option<PasswordHash>, StoreError>;

    /// Sets a password, whether there was one or not.
    async fn set_hash_in(
        &self,
        tx: &mut Tx,
        tenant_id: TenantId,
        id: TenantUserId,
        hash: &PasswordHash,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Deletes the password of somebody who was removed; harmless when there is none.
    async fn delete_in(&self, tx: &mut Tx, tenant_id: TenantId, id: TenantUserId) -> Result<(), StoreError>;

    /// Replaces the hash of an unchanged password by a better one, if `from` is still the stored one.
    async fn upgrade_hash_in(
        &self,
        tx: &mut Tx,
        tenant_id: TenantId,
        id: TenantUserId,
        from: &PasswordHash,
        to: &PasswordHash,
    ) -> Result<bool, StoreError>;
}
