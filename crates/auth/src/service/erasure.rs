use std::sync::Arc;

use kernel::{AdminId, EmailAddress, StoreError, Tx};

use crate::{
    AuthError,
    domain::{AccountId, AdminAccount},
    repository::{AdminRepository, ErasureRepository},
};

/// Takes everything out that is kept here of a person who was shut out.
#[derive(Clone)]
pub struct Erasure {
    admins: Arc<dyn AdminRepository>,
    erasure: Arc<dyn ErasureRepository>,
}

impl std::fmt::Debug for Erasure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Erasure").finish_non_exhaustive()
    }
}

impl Erasure {
    /// Over these dependencies.
    #[must_use]
    pub fn new(admins: Arc<dyn AdminRepository>, erasure: Arc<dyn ErasureRepository>) -> Self {
        Self { admins, erasure }
    }

    /// Deletes a member of staff with all that belongs to their account; answers how they were called, or `None` when they
    /// are not there (any more). Revocations of their access tokens stay: they hold an id only.
    ///
    /// # Errors
    /// [`AuthError::IllegalTransition`] while they are active.
    pub async fn erase_admin_in(&self, tx: &mut Tx, id: AdminId) -> Result<Option<AdminAccount>, AuthError> {
        let Some(account) = self.admins.find_admin_for_update(tx, id).await? else { return Ok(None) };
        if account.is_active {
            return Err(AuthError::IllegalTransition);
        }
        self.erase_access_in(tx, AccountId::Admin(id)).await?;
        self.erasure.delete_admin_in(tx, id).await?;
        Ok(Some(account))
    }

    /// Whether a member of staff but this one has the address.
    ///
    /// # Errors
    /// What the store says.
    pub async fn uses_email(&self, email: &EmailAddress, but: Option<AdminId>) -> Result<bool, StoreError> {
        Ok(self.admins.find_admin_by_email(email).await?.is_some_and(|admin| Some(admin.id) != but))
    }

    /// Deletes the sessions and links of somebody who is not let in any more.
    ///
    /// # Errors
    /// What the store says.
    pub async fn erase_access_in(&self, tx: &mut Tx, subject: AccountId) -> Result<(), StoreError> {
        self.erasure.delete_sessions_in(tx, subject).await?;
        self.erasure.delete_tokens_in(tx, subject).await
    }
}
