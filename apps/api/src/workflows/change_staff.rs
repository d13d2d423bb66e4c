use std::sync::Arc;

use auth::{AdminAccount, AdminAccounts, AdminPatch, PermissionMarker, admin_permissions::SupportWrite};
use kernel::{AdminId, RequestContext, Transactor, VersionMatch};
use support::service::StaffTickets;

use crate::http::Problem;

/// Changes who of the staff may do what; the tickets of whoever may no longer work on any go back to the queue.
#[derive(Clone)]
pub struct ChangeStaff {
    /// Opens transactions.
    pub transactor: Arc<dyn Transactor>,
    /// Their accounts.
    pub admins: Arc<AdminAccounts>,
    /// Their tickets.
    pub tickets: StaffTickets,
}

impl ChangeStaff {
    /// Shuts a member of staff out.
    ///
    /// # Errors
    /// What auth says; then nothing has changed.
    pub async fn deactivate(
        &self,
        context: &RequestContext,
        id: AdminId,
        if_match: &VersionMatch,
    ) -> Result<AdminAccount, Problem> {
        let mut tx = self.transactor.begin().await?;
        // Tickets are locked before accounts. What is assigned until the account is locked is released afterwards.
        self.tickets.release_all_in(&mut tx, context, id).await?;
        let account = self.admins.deactivate_in(&mut tx, context, id, if_match).await?;
        self.tickets.release_all_in(&mut tx, context, id).await?;
        tx.commit().await?;
        Ok(account)
    }

    /// Changes a member of staff.
    ///
    /// # Errors
    /// What auth says; then nothing has changed.
    pub async fn update(
        &self,
        context: &RequestContext,
        id: AdminId,
        if_match: &VersionMatch,
        patch: AdminPatch,
    ) -> Result<AdminAccount, Problem> {
        let leaves_support = patch.role.is_some_and(|role| !SupportWrite::granted_to(role));
        let mut tx = self.transactor.begin().await?;
        if leaves_support {
            self.tickets.release_all_in(&mut tx, context, id).await?;
        }
        let account = self.admins.update_in(&mut tx, context, id, if_match, patch).await?;
        if leaves_support {
            self.tickets.release_all_in(&mut tx, context, id).await?;
        }
        tx.commit().await?;
        Ok(account)
    }
}
