use kernel::{AdminId, AdminRole, AuditEntry, Changes, RequestContext, Tx, VersionMatch, outbox::NewEvent};

use super::{AdminAccounts, check_rank, check_version, is_self};
use crate::{
    AuthError,
    domain::{AccountId, AdminAccount, AdminPatch},
    events::AuthEvent,
};

impl AdminAccounts {
    /// Changes an admin. A new role takes effect on access tokens already handed out.
    ///
    /// # Errors
    /// [`AuthError::AdminNotFound`], [`AuthError::PreconditionFailed`], [`AuthError::Forbidden`],
    /// [`AuthError::CannotChangeSelf`] for one's own role, [`AuthError::LastSuperAdmin`], [`AuthError::EmailTaken`].
    pub async fn update(
        &self,
        context: &RequestContext,
        id: AdminId,
        if_match: &VersionMatch,
        patch: AdminPatch,
    ) -> Result<AdminAccount, AuthError> {
        let mut tx = self.tools.deps.transactor.begin().await?;
        let account = self.update_in(&mut tx, context, id, if_match, patch).await?;
        tx.commit().await?;
        Ok(account)
    }

    /// [`AdminAccounts::update`] in a transaction of the caller's.
    ///
    /// # Errors
    /// As [`AdminAccounts::update`].
    pub async fn update_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        id: AdminId,
        if_match: &VersionMatch,
        patch: AdminPatch,
    ) -> Result<AdminAccount, AuthError> {
        // All super admins are locked before the account is, so that two who demote each other meet here.
        let demotes = patch.role.is_some_and(|role| role != AdminRole::SuperAdmin);
        let super_admins = if demotes { self.tools.deps.admins.lock_active_super_admins(tx).await? } else { vec![] };
        let before = self.lock_in(tx, id).await?;
        check_version(if_match, &before)?;
        check_rank(context, before.role)?;
        let mut after = patch.applied_to(&before);
        let changes = changes_of(&before, &after);
        if changes.is_empty() {
            return Ok(before);
        }
        if after.role != before.role {
            check_rank(context, after.role)?;
            if is_self(context, id) {
                return Err(AuthError::CannotChangeSelf);
            }
            if demotes && super_admins == [id] {
                return Err(AuthError::LastSuperAdmin);
            }
            after.generation += 1;
        }
        self.save_in(tx, &mut after).await?;
        self.follow_up_in(tx, &before, &after).await?;
        let fact = AuthEvent::AdminUpdated { fields: changes.field_names() };
        let entry = AuditEntry::done("ADMIN_UPDATED", "admin_user", id).changes(changes);
        self.announce_in(tx, context, entry, NewEvent::new(id, fact)).await?;
        Ok(after)
    }

    /// Tokens that tell of the old role die, and so do links that were sent to the old address.
    async fn follow_up_in(&self, tx: &mut Tx, before: &AdminAccount, after: &AdminAccount) -> Result<(), AuthError> {
        let subject = AccountId::Admin(after.id);
        if after.generation != before.generation {
            self.tools.revocations.revoke_principal_in(tx, subject, after.generation, None).await?;
        }
        if after.email != before.email {
            self.tools.tokens.revoke_tokens_in(tx, subject, after.updated_at).await?;
        }
        Ok(())
    }
}

fn changes_of(before: &AdminAccount, after: &AdminAccount) -> Changes {
    Changes::new()
        .personal_field("firstName", &before.first_name, &after.first_name)
        .personal_field("lastName", &before.last_name, &after.last_name)
        .personal_field("email", &before.email, &after.email)
        .personal_field("phone", &before.phone, &after.phone)
        .personal_field("avatar", &before.avatar, &after.avatar)
        .field("role", &before.role, &after.role)
        .field("department", &before.department, &after.department)
}
