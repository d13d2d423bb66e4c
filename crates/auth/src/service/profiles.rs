use std::sync::Arc;

use kernel::Caller;

use super::Dependencies;
use crate::{
    AuthError,
    domain::{AccountId, AdminAccount},
    repository::{AdminRepository, DirectoryPerson, TenantDirectory},
};

/// Reads the account of whoever is signed in.
pub struct Profiles {
    admins: Arc<dyn AdminRepository>,
    directory: Arc<dyn TenantDirectory>,
}

impl std::fmt::Debug for Profiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Profiles").finish_non_exhaustive()
    }
}

impl Profiles {
    /// Over the given dependencies.
    #[must_use]
    pub fn new(deps: &Dependencies) -> Self {
        Self { admins: Arc::clone(&deps.admins), directory: Arc::clone(&deps.directory) }
    }

    /// The account of a signed-in admin.
    ///
    /// # Errors
    /// [`AuthError::Unauthenticated`] when it is gone or no longer active.
    pub async fn get_admin(&self, caller: &Caller) -> Result<AdminAccount, AuthError> {
        let found = match AccountId::of(caller) {
            Some(AccountId::Admin(id)) => self.admins.find_admin(id).await?,
            Some(AccountId::Tenant { .. }) | None => None,
        };
        found.filter(|admin| admin.is_active).ok_or(AuthError::Unauthenticated)
    }

    /// The account of a signed-in person of a workshop.
    ///
    /// # Errors
    /// As [`Profiles::get_admin`].
    pub async fn get_person(&self, caller: &Caller) -> Result<DirectoryPerson, AuthError> {
        let found = match AccountId::of(caller) {
            Some(AccountId::Tenant { tenant_id, user_id }) => self.directory.find_person(tenant_id, user_id).await?,
            Some(AccountId::Admin(_)) | None => None,
        };
        found.filter(DirectoryPerson::may_sign_in).ok_or(AuthError::Unauthenticated)
    }
}
