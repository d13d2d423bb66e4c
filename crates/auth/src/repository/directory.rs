use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{EmailAddress, StoreError, TenantId, TenantRole, TenantStatus, TenantUserId, Tx};

/// How a person names their workshop when they sign in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TenantRef {
    /// By the name in its address; any text, an unknown one finds nothing.
    Subdomain(String),
    /// By its id.
    Id(TenantId),
}

/// A workshop's person with the state of both, as signing in needs them.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct DirectoryPerson {
    pub tenant_id: TenantId,
    pub user_id: TenantUserId,
    pub first_name: String,
    pub last_name: String,
    /// Unique inside the workshop.
    pub email: EmailAddress,
    /// What they are in the workshop.
    pub role: TenantRole,
    /// Deactivated people do not sign in.
    pub is_active: bool,
    /// Whether an invitation, if there was one, was accepted.
    pub accepted: bool,
    /// Bumped when the person's tokens must die.
    pub generation: i64,
    /// When they last signed in.
    pub last_login_at: Option<DateTime<Utc>>,
    pub tenant_name: String,
    /// The workshop's name in its address.
    pub subdomain: String,
    pub tenant_status: TenantStatus,
    /// Whether the workshop is (softly) deleted.
    pub tenant_deleted: bool,
    /// Bumped when the tokens of the workshop's people must die.
    pub tenant_generation: i64,
}

impl fmt::Debug for DirectoryPerson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DirectoryPerson")
            .field("tenant_id", &self.tenant_id)
            .field("user_id", &self.user_id)
            .field("role", &self.role)
            .field("is_active", &self.is_active)
            .field("tenant_status", &self.tenant_status)
            .finish_non_exhaustive()
    }
}

impl DirectoryPerson {
    /// Whether the person, apart from their workshop, may sign in.
    #[must_use]
    pub const fn may_sign_in(&self) -> bool {
        self.is_active && self.accepted
    }

    /// Whether the workshop lets its people in.
    #[must_use]
    pub const fn tenant_is_open(&self) -> bool {
        !self.tenant_deleted && self.tenant_status.is_open()
    }
}

/// What signing in must know of workshops and their people; the tenancy side answers.
///
/// Locks are always taken on the workshop first, then on the person, so that nobody waits in a circle.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait TenantDirectory: Send + Sync {
    /// The workshop's id, also of one that is suspended or deleted.
    ///
    /// # Errors
    /// What the store says.
    async fn find_tenant_id(&self, tenant: &TenantRef) -> Result<Option<TenantId>, StoreError>;

    /// The person with this address, whatever their state.
    ///
    /// # Errors
    /// What the store says.
    async fn find_person_by_email(
        &self,
        tenant: TenantId,
        email: &EmailAddress,
    ) -> Result<Option<DirectoryPerson>, StoreError>;

    /// The person, whatever their state, without a lock.
    ///
    /// # Errors
    /// What the store says.
    async fn find_person(&self, tenant: TenantId, user: TenantUserId) -> Result<Option<DirectoryPerson>, StoreError>;

    /// The person, with workshop and person kept from changing (`FOR SHARE`) until the transaction ends.
    ///
    /// # Errors
    /// What the store says.
    async fn find_person_for_share(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        user: TenantUserId,
    ) -> Result<Option<DirectoryPerson>, StoreError>;

    /// Notes a sign-in: last login and last activity. Called before [`TenantDirectory::find_person_for_share`] in the
    /// same transaction, so it must lock the workshop (`FOR SHARE`) before it updates the person.
    ///
    /// # Errors
    /// What the store says.
    async fn record_sign_in_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        user: TenantUserId,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Moves the person's generation on, so that access tokens already handed out can be told from later ones, and answers
    /// it. Like [`TenantDirectory::record_sign_in_in`] it locks the workshop (`FOR SHARE`) first and comes before
    /// [`TenantDirectory::find_person_for_share`].
    ///
    /// # Errors
    /// What the store says.
    async fn bump_generation_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        user: TenantUserId,
    ) -> Result<Option<i64>, StoreError>;

    /// Notes that the person was active. Called before [`TenantDirectory::find_person_for_share`], like
    /// [`TenantDirectory::record_sign_in_in`].
    ///
    /// # Errors
    /// What the store says.
    async fn record_activity_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        user: TenantUserId,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError>;
}
