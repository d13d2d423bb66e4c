use async_trait::async_trait;
use kernel::{StoreError, TenantId, TenantUserId, Tx};

/// Whoever hands out access to a workshop's people, and can take it back. Everything happens in the
/// transaction of the change, so that access never outlives an acknowledged change.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait AccessControl: Send + Sync {
    /// From the commit on, access tokens of the workshop's people with a lower tenant generation are dead.
    async fn revoke_tenant_in(&self, tx: &mut Tx, tenant: TenantId, min_generation: i64) -> Result<(), StoreError>;

    /// From the commit on, access tokens of the person with a lower generation are dead.
    async fn revoke_person_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        person: TenantUserId,
        min_generation: i64,
    ) -> Result<(), StoreError>;

    /// Ends all sessions of the workshop's people.
    async fn end_sessions_of_tenant_in(&self, tx: &mut Tx, tenant: TenantId) -> Result<(), StoreError>;

    /// Ends all sessions of the person.
    async fn end_sessions_of_person_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        person: TenantUserId,
    ) -> Result<(), StoreError>;

    /// Forgets how a person who was removed got in: their password and their links.
    async fn forget_person_in(&self, tx: &mut Tx, tenant: TenantId, person: TenantUserId) -> Result<(), StoreError>;
}

/// For programs whose people do not sign in: there is nothing to take back.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSessions;

#[async_trait]
impl AccessControl for NoSessions {
    async fn revoke_tenant_in(&self, _: &mut Tx, _: TenantId, _: i64) -> Result<(), StoreError> {
        Ok(())
    }

    async fn revoke_person_in(&self, _: &mut Tx, _: TenantId, _: TenantUserId, _: i64) -> Result<(), StoreError> {
        Ok(())
    }

    async fn end_sessions_of_tenant_in(&self, _: &mut Tx, _: TenantId) -> Result<(), StoreError> {
        Ok(())
    }

    async fn end_sessions_of_person_in(&self, _: &mut Tx, _: TenantId, _: TenantUserId) -> Result<(), StoreError> {
        Ok(())
    }

    async fn forget_person_in(&self, _: &mut Tx, _: TenantId, _: TenantUserId) -> Result<(), StoreError> {
        Ok(())
    }
}
