use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{EmailAddress, RequestContext, StoreError, TenantId, TenantUserId, Tx};

use super::{DirectoryPerson, InvitationAcceptance, TenantDirectory, TenantRef};

/// For programs that have staff only: there are no workshops, and so no people of theirs.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTenants;

#[async_trait]
impl TenantDirectory for NoTenants {
    async fn find_tenant_id(&self, _: &TenantRef) -> Result<Option<TenantId>, StoreError> {
        Ok(None)
    }

    async fn find_person_by_email(&self, _: TenantId, _: &EmailAddress) -> Result<Option<DirectoryPerson>, StoreError> {
        Ok(None)
    }

    async fn find_person(&self, _: TenantId, _: TenantUserId) -> Result<Option<DirectoryPerson>, StoreError> {
        Ok(None)
    }

    async fn find_person_for_share(
        &self,
        _: &mut Tx,
        _: TenantId,
        _: TenantUserId,
    ) -> Result<Option<DirectoryPerson>, StoreError> {
        Ok(None)
    }

    async fn record_sign_in_in(
        &self,
        _: &mut Tx,
        _: TenantId,
        _: TenantUserId,
        _: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        Ok(())
    }

    async fn bump_generation_in(&self, _: &mut Tx, _: TenantId, _: TenantUserId) -> Result<Option<i64>, StoreError> {
        Ok(None)
    }

    async fn record_activity_in(
        &self,
        _: &mut Tx,
        _: TenantId,
        _: TenantUserId,
        _: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl InvitationAcceptance for NoTenants {
    async fn accept_in(
        &self,
        _: &mut Tx,
        _: &RequestContext,
        _: TenantId,
        _: TenantUserId,
    ) -> Result<bool, StoreError> {
        Ok(false)
    }
}
