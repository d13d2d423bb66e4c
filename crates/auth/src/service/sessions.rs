use std::sync::Arc;

use chrono::TimeDelta;
use kernel::{AuditEntry, AuditTrail, Changes, Clock, RequestContext, SessionId, StoreError, TenantId, Transactor, Tx};

use super::{Dependencies, Revocations, accounts::Accounts};
use crate::{
    AuthError,
    domain::{AccountId, EndReason, Session},
    repository::SessionRepository,
};

/// Sessions that are over are kept this long, for those who look into what happened.
const KEEP_OVER: TimeDelta = TimeDelta::days(30);

/// Lists and ends sessions. Whatever ends one also kills its access tokens, within a second on every node.
pub struct Sessions {
    accounts: Accounts,
    repository: Arc<dyn SessionRepository>,
    audit: Arc<dyn AuditTrail>,
    transactor: Arc<dyn Transactor>,
    clock: Arc<dyn Clock>,
    revocations: Arc<Revocations>,
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}

impl Sessions {
    /// Over the given dependencies.
    #[must_use]
    pub fn new(deps: &Dependencies, revocations: Arc<Revocations>) -> Self {
        Self {
            accounts: Accounts::new(deps),
            repository: Arc::clone(&deps.sessions),
            audit: Arc::clone(&deps.audit),
            transactor: Arc::clone(&deps.transactor),
            clock: Arc::clone(&deps.clock),
            revocations,
        }
    }

    /// The active sessions of an account, the latest activity first.
    ///
    /// # Errors
    /// What the store says.
    pub async fn list(&self, subject: AccountId) -> Result<Vec<Session>, AuthError> {
        Ok(self.repository.list_active(subject, self.clock.now()).await?)
    }

    /// Ends one session of an account.
    ///
    /// # Errors
    /// [`AuthError::SessionNotFound`] when the account has no such active session.
    pub async fn revoke(&self, context: &RequestContext, subject: AccountId, id: SessionId) -> Result<(), AuthError> {
        let mut tx = self.transactor.begin().await?;
        self.revoke_in(&mut tx, context, subject, id).await?;
        Ok(tx.commit().await?)
    }

    /// [`Sessions::revoke`] in a transaction of the caller's.
    ///
    /// # Errors
    /// As [`Sessions::revoke`].
    pub async fn revoke_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        subject: AccountId,
        id: SessionId,
    ) -> Result<(), AuthError> {
        let now = self.clock.now();
        if !self.repository.end_session_in(tx, subject, id, EndReason::Revoked, now).await? {
            return Err(AuthError::SessionNotFound);
        }
        self.revocations.revoke_session_in(tx, id).await?;
        let entry = of_subject(AuditEntry::done("SESSION_REVOKED", "session", id), subject);
        Ok(self.audit.record_in(tx, context, entry).await?)
    }

    /// Ends all sessions of an account but `except`; answers how many.
    ///
    /// # Errors
    /// What the store says.
    pub async fn revoke_all(
        &self,
        context: &RequestContext,
        subject: AccountId,
        except: Option<SessionId>,
    ) -> Result<u64, AuthError> {
        let mut tx = self.transactor.begin().await?;
        let ended = self.revoke_all_in(&mut tx, context, subject, except).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// [`Sessions::revoke_all`] in a transaction of the caller's.
    ///
    /// # Errors
    /// What the store says.
    pub async fn revoke_all_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        subject: AccountId,
        except: Option<SessionId>,
    ) -> Result<u64, AuthError> {
        let generation = self.accounts.bump_generation_in(tx, subject).await?;
        let ended = self.end_sessions_in(tx, subject, except, EndReason::Revoked).await?;
        if let Some(generation) = generation {
            self.revocations.revoke_principal_in(tx, subject, generation, except).await?;
        }
        let changes = Changes::new().set("sessionsEnded", &ended);
        let entry = AuditEntry::done("SESSION_REVOKED", subject.resource(), subject.id()).changes(changes);
        self.audit.record_in(tx, context, of_subject(entry, subject)).await?;
        Ok(ended)
    }

    /// Ends all sessions of an account but `except`, as part of something that leaves its own audit entry (a changed
    /// password, a deactivation); answers how many. Their access tokens die by the account's new generation: see
    /// [`Revocations::revoke_principal_in`].
    ///
    /// # Errors
    /// What the store says.
    pub async fn end_sessions_in(
        &self,
        tx: &mut Tx,
        subject: AccountId,
        except: Option<SessionId>,
        reason: EndReason,
    ) -> Result<u64, StoreError> {
        self.repository.end_sessions_in(tx, subject, except, reason, self.clock.now()).await
    }

    /// Ends all sessions of a workshop's people, as part of closing it. Their access tokens die by the workshop's new
    /// generation: see [`Revocations::revoke_tenant_in`].
    ///
    /// # Errors
    /// What the store says.
    pub async fn end_sessions_of_tenant_in(&self, tx: &mut Tx, tenant: TenantId) -> Result<u64, StoreError> {
        let now = self.clock.now();
        self.repository.end_sessions_of_tenant_in(tx, tenant, EndReason::TenantClosed, now).await
    }

    /// Deletes sessions that have been over for 30 days.
    ///
    /// # Errors
    /// What the store says.
    pub async fn purge_in(&self, tx: &mut Tx) -> Result<u64, StoreError> {
        self.repository.purge_sessions_in(tx, self.clock.now() - KEEP_OVER).await
    }
}

/// Adds whose session or account it is about, where that is a workshop's person.
pub(crate) fn of_subject(entry: AuditEntry, subject: AccountId) -> AuditEntry {
    match subject {
        AccountId::Admin(_) => entry,
        AccountId::Tenant { tenant_id, user_id } => entry.tenant(tenant_id).tenant_user(user_id),
    }
}

#[cfg(test)]
#[path = "sessions_tests.rs"]
mod tests;
