use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{
    AdminId, AdminRole, EmailAddress, StoreError, Tx,
    page::{Page, PageRequest},
};

use crate::domain::{AdminAccount, PasswordHash};

/// What the list of admins can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdminSort {
    /// When they were registered.
    CreatedAt,
    /// Their address.
    Email,
    /// Their family name.
    LastName,
}

/// Which admins to list; what is `None` does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdminFilter {
    /// Only this role.
    pub role: Option<AdminRole>,
    /// Only active or only inactive ones.
    pub is_active: Option<bool>,
    /// Text somewhere in the names or the address, whatever the case.
    pub search: Option<String>,
}

/// A new password for an account, hashed before the transaction began.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct NewCredential {
    pub hash: PasswordHash,
    /// Whether it is a temporary password.
    pub must_change: bool,
    pub at: DateTime<Utc>,
}

/// Where admins are kept.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait AdminRepository: Send + Sync {
    /// An admin by id.
    async fn find_admin(&self, id: AdminId) -> Result<Option<AdminAccount>, StoreError>;

    /// An admin by address.
    async fn find_admin_by_email(&self, email: &EmailAddress) -> Result<Option<AdminAccount>, StoreError>;

    /// A page of admins, with how many match.
    async fn list_admins(
        &self,
        filter: &AdminFilter,
        page: &PageRequest<AdminSort>,
    ) -> Result<Page<AdminAccount>, StoreError>;

    /// An admin, kept from changing until the transaction ends. Who goes on to write to the row must use
    /// [`AdminRepository::find_admin_for_update`], or two of them deadlock.
    async fn find_admin_for_share(&self, tx: &mut Tx, id: AdminId) -> Result<Option<AdminAccount>, StoreError>;

    /// An admin, locked for a change.
    async fn find_admin_for_update(&self, tx: &mut Tx, id: AdminId) -> Result<Option<AdminAccount>, StoreError>;

    /// Locks all active super admins, in the order of their ids, and tells who they are. Taken before any
    /// other admin's lock by whoever may take one of them away, so that two of those queue here.
    async fn lock_active_super_admins(&self, tx: &mut Tx) -> Result<Vec<AdminId>, StoreError>;

    /// Adds an admin; a taken address is [`StoreError::Unique`] of `uq_admin_users_email`.
    async fn insert_admin_in(&self, tx: &mut Tx, admin: &AdminAccount) -> Result<(), StoreError>;

    /// Writes names, address, role, department, phone, avatar, active flag and generation of `admin`, whose
    /// `version` is the new one, if the stored version is still the one before it. Tells whether it was.
    async fn update_admin_in(&self, tx: &mut Tx, admin: &AdminAccount) -> Result<bool, StoreError>;

    /// Sets a new password and moves the version on.
    async fn set_password_in(&self, tx: &mut Tx, id: AdminId, credential: &NewCredential) -> Result<(), StoreError>;

    /// Moves the generation on, so that access tokens already handed out can be told from later ones, and answers it. The
    /// account is locked from then on.
    async fn bump_generation_in(&self, tx: &mut Tx, id: AdminId) -> Result<Option<i64>, StoreError>;

    /// Replaces the hash of an unchanged password by a better one, if `from` is still the stored one.
    async fn upgrade_hash_in(
        &self,
        tx: &mut Tx,
        id: AdminId,
        from: &PasswordHash,
        to: &PasswordHash,
    ) -> Result<bool, StoreError>;

    /// Notes a sign-in: last login and last activity.
    async fn record_sign_in_in(&self, tx: &mut Tx, id: AdminId, at: DateTime<Utc>) -> Result<(), StoreError>;

    /// Notes that a session of theirs was used.
    async fn record_activity_in(&self, tx: &mut Tx, id: AdminId, at: DateTime<Utc>) -> Result<(), StoreError>;
}
