//! Takes access back from workshops and their people, by the means of crates/auth.

use std::sync::Arc;

use async_trait::async_trait;
use auth::{AccountId, EndReason, Passwords, Revocations, Sessions};
use kernel::{StoreError, TenantId, TenantUserId, Tx};
use tenancy::repository::AccessControl;

/// tenancy's [`AccessControl`] over auth's sessions, revocations and passwords.
#[derive(Debug, Clone)]
pub struct SessionControl {
    sessions: Arc<Sessions>,
    revocations: Arc<Revocations>,
    passwords: Arc<Passwords>,
}

impl SessionControl {
    /// Over these services.
    #[must_use]
    pub fn new(sessions: Arc<Sessions>, revocations: Arc<Revocations>, passwords: Arc<Passwords>) -> Self {
        Self { sessions, revocations, passwords }
    }
}

#[async_trait]
impl AccessControl for SessionControl {
    async fn revoke_tenant_in(&self, tx: &mut Tx, tenant: TenantId, min_generation: i64) -> Result<(), StoreError> {
        self.revocations.revoke_tenant_in(tx, tenant, min_generation).await
    }

    async fn revoke_person_in(
        &self,
        tx: &mut Tx,
        tenant_id: TenantId,
        user_id: TenantUserId,
        min_generation: i64,
    ) -> Result<(), StoreError> {
        let subject = AccountId::Tenant { tenant_id, user_id };
        self.revocations.revoke_principal_in(tx, subject, min_generation, None).await
    }

    async fn end_sessions_of_tenant_in(&self, tx: &mut Tx, tenant: TenantId) -> Result<(), StoreError> {
        self.sessions.end_sessions_of_tenant_in(tx, tenant).await?;
        Ok(())
    }

    async fn end_sessions_of_person_in(
        &self,
        tx: &mut Tx,
        tenant_id: TenantId,
        user_id: TenantUserId,
    ) -> Result<(), StoreError> {
        let subject = AccountId::Tenant { tenant_id, user_id };
        self.sessions.end_sessions_in(tx, subject, None, EndReason::AccountChanged).await?;
        Ok(())
    }

    async fn forget_person_in(&self, tx: &mut Tx, tenant: TenantId, person: TenantUserId) -> Result<(), StoreError> {
        self.passwords.forget_tenant_user_in(tx, tenant, person).await
    }
}
