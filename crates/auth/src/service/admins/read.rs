use kernel::{
    AdminId,
    page::{Page, PageRequest},
};

use super::AdminAccounts;
use crate::{
    AuthError,
    domain::AdminAccount,
    repository::{AdminFilter, AdminSort},
};

impl AdminAccounts {
    /// An admin, active or not.
    ///
    /// # Errors
    /// [`AuthError::AdminNotFound`].
    pub async fn get(&self, id: AdminId) -> Result<AdminAccount, AuthError> {
        self.tools.deps.admins.find_admin(id).await?.ok_or(AuthError::AdminNotFound)
    }

    /// A page of admins.
    ///
    /// # Errors
    /// What the store says.
    pub async fn list(
        &self,
        filter: &AdminFilter,
        page: &PageRequest<AdminSort>,
    ) -> Result<Page<AdminAccount>, AuthError> {
        Ok(self.tools.deps.admins.list_admins(filter, page).await?)
    }
}
