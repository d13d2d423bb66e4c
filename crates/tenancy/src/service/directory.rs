use std::{fmt, sync::Arc};

use kernel::{Clock, EmailAddress, StoreError, TenantId, TenantUserId, Tx};

use crate::{
    domain::{Member, Workspace},
    repository::MemberRepository,
};

/// Who works where, for whoever lets people in. Says nothing about passwords.
///
/// Reads find people whatever their state and that of their workshop; the caller decides what that means.
#[derive(Clone)]
pub struct Directory {
    members: Arc<dyn MemberRepository>,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Directory").finish_non_exhaustive()
    }
}

impl Directory {
    /// The service over these ports. It needs fewer than the others, because they need whoever asks it.
    #[must_use]
    pub fn new(members: Arc<dyn MemberRepository>, clock: Arc<dyn Clock>) -> Self {
        Self { members, clock }
    }

    /// The id of the workshop that somebody names, also of one that is suspended or deleted. Any text may be
    /// given as its address; an unknown one finds nothing.
    ///
    /// # Errors
    /// What the store says.
    pub async fn find_tenant_id(&self, workspace: &Workspace) -> Result<Option<TenantId>, StoreError> {
        match workspace {
            // PostgreSQL would refuse it; no workshop has it.
            Workspace::Subdomain(subdomain) if subdomain.contains('\0') => Ok(None),
            _ => self.members.find_tenant_id(workspace).await,
        }
    }

    /// The person with this address.
    ///
    /// # Errors
    /// What the store says.
    pub async fn find_by_email(&self, tenant: TenantId, email: &EmailAddress) -> Result<Option<Member>, StoreError> {
        self.members.find_by_email(tenant, email).await
    }

    /// The person with this id.
    ///
    /// # Errors
    /// What the store says.
    pub async fn find(&self, tenant: TenantId, id: TenantUserId) -> Result<Option<Member>, StoreError> {
        self.members.find(tenant, id).await
    }

    /// The person with this id; neither they nor their workshop change until the transaction ends.
    ///
    /// # Errors
    /// What the store says.
    pub async fn find_for_share(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        id: TenantUserId,
    ) -> Result<Option<Member>, StoreError> {
        self.members.find_for_share(tx, tenant, id).await
    }

    /// Notes that they signed in now. Comes before [`Directory::find_for_share`] in a transaction.
    ///
    /// # Errors
    /// What the store says.
    pub async fn record_sign_in_in(&self, tx: &mut Tx, tenant: TenantId, id: TenantUserId) -> Result<(), StoreError> {
        self.members.record_sign_in_in(tx, tenant, id, self.clock.now()).await
    }

    /// Notes that they were active now. Comes before [`Directory::find_for_share`] in a transaction.
    ///
    /// # Errors
    /// What the store says.
    pub async fn record_activity_in(&self, tx: &mut Tx, tenant: TenantId, id: TenantUserId) -> Result<(), StoreError> {
        self.members.record_activity_in(tx, tenant, id, self.clock.now()).await
    }

    /// Notes that they accepted their invitation now; tells whether it was open. That it has not ended is for
    /// the token to tell.
    ///
    /// # Errors
    /// What the store says.
    pub async fn mark_accepted_in(&self, tx: &mut Tx, tenant: TenantId, id: TenantUserId) -> Result<bool, StoreError> {
        self.members.mark_accepted_in(tx, tenant, id, self.clock.now()).await
    }

    /// Raises the person's generation, because their password was reset; answers the new one.
    ///
    /// # Errors
    /// What the store says.
    pub async fn raise_generation_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        id: TenantUserId,
    ) -> Result<Option<i64>, StoreError> {
        self.members.raise_generation_in(tx, tenant, id, self.clock.now()).await
    }
}
