use kernel::{AdminId, AuditEntry, Changes, RequestContext, Tx, VersionMatch, outbox::NewEvent};

use super::{AdminAccounts, check_rank, check_version, is_self};
use crate::{
    AuthError,
    domain::{AccountId, AdminAccount, EndReason},
    events::AuthEvent,
};

impl AdminAccounts {
    /// Shuts an admin out: their sessions, access tokens and reset links die.
    ///
    /// # Errors
    /// [`AuthError::AdminNotFound`], [`AuthError::PreconditionFailed`], [`AuthError::Forbidden`],
    /// [`AuthError::CannotChangeSelf`], [`AuthError::LastSuperAdmin`]; [`AuthError::IllegalTransition`] when they are
    /// inactive already.
    pub async fn deactivate(
        &self,
        context: &RequestContext,
        id: AdminId,
        if_match: &VersionMatch,
    ) -> Result<AdminAccount, AuthError> {
        let mut tx = self.tools.deps.transactor.begin().await?;
        let account = self.deactivate_in(&mut tx, context, id, if_match).await?;
        tx.commit().await?;
        Ok(account)
    }

    /// [`AdminAccounts::deactivate`] in a transaction of the caller's.
    ///
    /// # Errors
    /// As [`AdminAccounts::deactivate`].
    pub async fn deactivate_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        id: AdminId,
        if_match: &VersionMatch,
    ) -> Result<AdminAccount, AuthError> {
        // All super admins are locked before the account is, so that two who deactivate each other meet here.
        let super_admins = self.tools.deps.admins.lock_active_super_admins(tx).await?;
        let mut account = self.lock_in(tx, id).await?;
        check_version(if_match, &account)?;
        check_rank(context, account.role)?;
        if is_self(context, id) {
            return Err(AuthError::CannotChangeSelf);
        }
        if !account.is_active {
            return Err(AuthError::IllegalTransition);
        }
        if super_admins == [id] {
            return Err(AuthError::LastSuperAdmin);
        }
        account.is_active = false;
        account.generation += 1;
        self.save_in(tx, &mut account).await?;
        let subject = AccountId::Admin(id);
        self.tools.sessions.end_sessions_in(tx, subject, None, EndReason::AccountChanged).await?;
        self.tools.revocations.revoke_principal_in(tx, subject, account.generation, None).await?;
        self.tools.tokens.revoke_tokens_in(tx, subject, account.updated_at).await?;
        let fact = AuthEvent::AdminDeactivated { role: account.role };
        self.announce_activation_in(tx, context, ("ADMIN_DEACTIVATED", fact), &account).await?;
        Ok(account)
    }

    /// Lets an admin in again, with the password they had.
    ///
    /// # Errors
    /// [`AuthError::AdminNotFound`], [`AuthError::PreconditionFailed`], [`AuthError::Forbidden`];
    /// [`AuthError::IllegalTransition`] when they are active already.
    pub async fn reactivate(
        &self,
        context: &RequestContext,
        id: AdminId,
        if_match: &VersionMatch,
    ) -> Result<AdminAccount, AuthError> {
        let mut tx = self.tools.deps.transactor.begin().await?;
        let mut account = self.lock_in(&mut tx, id).await?;
        check_version(if_match, &account)?;
        check_rank(context, account.role)?;
        if account.is_active {
            return Err(AuthError::IllegalTransition);
        }
        account.is_active = true;
        self.save_in(&mut tx, &mut account).await?;
        let fact = AuthEvent::AdminReactivated { role: account.role };
        self.announce_activation_in(&mut tx, context, ("ADMIN_REACTIVATED", fact), &account).await?;
        tx.commit().await?;
        Ok(account)
    }

    async fn announce_activation_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        (action, fact): (&'static str, AuthEvent),
        after: &AdminAccount,
    ) -> Result<(), AuthError> {
        let changes = Changes::new().field("isActive", &!after.is_active, &after.is_active);
        let entry = AuditEntry::done(action, "admin_user", after.id).changes(changes);
        self.announce_in(tx, context, entry, NewEvent::new(after.id, fact)).await
    }
}
