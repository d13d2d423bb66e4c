use std::sync::Arc;

use super::AuthPorts;
use crate::{
    AdminPrincipal, AuthError, TenantPrincipal,
    domain::AdminAccount,
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
    /// Over the given ports.
    #[must_use]
    pub fn new(ports: &AuthPorts) -> Self {
        Self { admins: Arc::clone(&ports.admins), directory: Arc::clone(&ports.directory) }
    }

    /// The account of a signed-in admin.
    ///
    /// # Errors
    /// [`AuthError::Unauthenticated`] when it is gone or no longer active.
    pub async fn get_admin(&self, principal: &AdminPrincipal) -> Result<AdminAccount, AuthError> {
        let found = self.admins.find_admin(principal.admin_id).await?;
        found.filter(|admin| admin.is_active).ok_or(AuthError::Unauthenticated)
    }

    /// The account of a signed-in person of a workshop.
    ///
    /// # Errors
    /// As [`Profiles::get_admin`].
    pub async fn get_person(&self, principal: &TenantPrincipal) -> Result<DirectoryPerson, AuthError> {
        let found = self.directory.find_person(principal.tenant_id, principal.user_id).await?;
        found.filter(DirectoryPerson::may_sign_in).ok_or(AuthError::Unauthenticated)
    }
}
