//! What signing in must know of workshops and their people, answered by crates/tenancy.

use std::sync::Arc;

use async_trait::async_trait;
use auth::{DirectoryPerson, TenantDirectory, TenantRef};
use chrono::{DateTime, Utc};
use kernel::{EmailAddress, StoreError, TenantId, TenantUserId, Tx};
use tenancy::{
    domain::{Member, TenantKey},
    repository::MemberRepository,
};

/// auth's [`TenantDirectory`] over tenancy's members.
#[derive(Clone)]
pub struct MemberDirectory {
    members: Arc<dyn MemberRepository>,
}

impl MemberDirectory {
    /// Over these members.
    #[must_use]
    pub fn new(members: Arc<dyn MemberRepository>) -> Self {
        Self { members }
    }
}

fn person(member: Member) -> DirectoryPerson {
    let Member { person, tenant_name, subdomain, tenant_status, tenant_deleted, tenant_generation } = member;
    DirectoryPerson {
        tenant_id: person.tenant_id,
        user_id: person.id,
        accepted: person.invited_at.is_none() || person.accepted_at.is_some(),
        first_name: person.first_name.to_string(),
        last_name: person.last_name.to_string(),
        email: person.email,
        role: person.role,
        is_active: person.is_active,
        generation: person.generation,
        last_login_at: person.last_login_at,
        tenant_name,
        subdomain,
        tenant_status,
        tenant_deleted,
        tenant_generation,
    }
}

#[async_trait]
impl TenantDirectory for MemberDirectory {
    async fn find_tenant_id(&self, tenant: &TenantRef) -> Result<Option<TenantId>, StoreError> {
        let key = match tenant {
            // No workshop has such an address, and PostgreSQL would refuse the text.
            TenantRef::Subdomain(name) if name.contains('\0') => return Ok(None),
            TenantRef::Subdomain(name) => TenantKey::Subdomain(name.clone()),
            TenantRef::Id(id) => TenantKey::Id(*id),
        };
        self.members.find_tenant_id(&key).await
    }

    async fn find_person_by_email(
        &self,
        tenant: TenantId,
        email: &EmailAddress,
    ) -> Result<Option<DirectoryPerson>, StoreError> {
        Ok(self.members.find_by_email(tenant, email).await?.map(person))
    }

    async fn find_person(&self, tenant: TenantId, user: TenantUserId) -> Result<Option<DirectoryPerson>, StoreError> {
        Ok(self.members.find(tenant, user).await?.map(person))
    }

    async fn find_person_for_share(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        user: TenantUserId,
    ) -> Result<Option<DirectoryPerson>, StoreError> {
        Ok(self.members.find_for_share(tx, tenant, user).await?.map(person))
    }

    async fn record_sign_in_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        user: TenantUserId,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.members.record_sign_in_in(tx, tenant, user, at).await
    }

    async fn bump_generation_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        user: TenantUserId,
    ) -> Result<Option<i64>, StoreError> {
        self.members.bump_generation_in(tx, tenant, user).await
    }

    async fn record_activity_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        user: TenantUserId,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.members.record_activity_in(tx, tenant, user, at).await
    }
}
