//! Managing staff: one use case a file, all on [`AdminAccounts`].

mod activation;
mod bootstrap;
mod create;
mod read;
mod reset_password;
mod update;

use kernel::{AdminId, AdminRole, AuditEntry, RequestContext, Subject, Tx, VersionMatch, outbox::NewEvent};

use super::AccountTools;
use crate::{
    AuthError,
    domain::{AccountId, AdminAccount, grants_of},
    events::AuthEvent,
};

pub use create::PreparedAdmin;

/// NextCRM's staff: registering, changing, deactivating.
#[derive(Debug, Clone)]
pub struct AdminAccounts {
    tools: AccountTools,
}

impl AdminAccounts {
    /// Over the given tools.
    #[must_use]
    pub fn new(tools: AccountTools) -> Self {
        Self { tools }
    }

    /// Locks an account for a change that does not take a super admin away.
    async fn lock_in(&self, tx: &mut Tx, id: AdminId) -> Result<AdminAccount, AuthError> {
        self.tools.deps.admins.find_admin_for_update(tx, id).await?.ok_or(AuthError::AdminNotFound)
    }

    /// Leaves an entry in the trail and an event in the outbox.
    async fn announce_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        entry: AuditEntry,
        event: NewEvent<AuthEvent>,
    ) -> Result<(), AuthError> {
        self.tools.deps.audit.record_in(tx, context, entry).await?;
        self.tools.deps.outbox.publish_in(tx, event).await?;
        Ok(())
    }

    /// Writes the change of a locked account; `after.version` is the version it had.
    async fn save_in(&self, tx: &mut Tx, after: &mut AdminAccount) -> Result<(), AuthError> {
        after.version += 1;
        after.updated_at = self.tools.deps.clock.now();
        let outcome = self.tools.deps.admins.update_admin_in(tx, after).await;
        if outcome.map_err(email_taken)? { Ok(()) } else { Err(AuthError::PreconditionFailed) }
    }
}

fn check_version(if_match: &VersionMatch, admin: &AdminAccount) -> Result<(), AuthError> {
    if if_match.allows(admin.version) { Ok(()) } else { Err(AuthError::PreconditionFailed) }
}

fn is_self(context: &RequestContext, id: AdminId) -> bool {
    AccountId::of(&context.caller) == Some(AccountId::Admin(id))
}

/// Nobody gives a role, or touches who has a role, that may more than they do themselves.
fn check_rank(context: &RequestContext, role: AdminRole) -> Result<(), AuthError> {
    let allowed = match context.caller.subject {
        Subject::System(_) => true,
        Subject::Admin { .. } => context.caller.grants.covers(grants_of(role)),
        Subject::TenantUser { .. } | Subject::ApiKey { .. } | Subject::Impersonated { .. } | Subject::Anonymous(_) => {
            false
        }
    };
    if allowed { Ok(()) } else { Err(AuthError::Forbidden) }
}

fn email_taken(error: kernel::StoreError) -> AuthError {
    match error.unique_constraint() {
        Some("uq_admin_users_email") => AuthError::EmailTaken,
        _ => error.into(),
    }
}

#[cfg(test)]
#[path = "admins_tests.rs"]
mod tests;
