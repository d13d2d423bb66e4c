use std::sync::Arc;

use kernel::{Audience, AuditEntry, AuditTrail, Clock, RequestContext, SessionId, Transactor, Tx};

use super::{Dependencies, Revocations, accounts::Accounts, sessions::of_subject};
use crate::{
    AuthError, SigningKeys,
    domain::{AccountId, EndReason, refresh_token::RefreshToken},
    repository::SessionRepository,
};

/// Ends the session that a client's cookie, or its access token, belongs to.
pub struct SignOut {
    accounts: Accounts,
    sessions: Arc<dyn SessionRepository>,
    audit: Arc<dyn AuditTrail>,
    transactor: Arc<dyn Transactor>,
    clock: Arc<dyn Clock>,
    revocations: Arc<Revocations>,
    keys: Arc<SigningKeys>,
}

impl std::fmt::Debug for SignOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignOut").finish_non_exhaustive()
    }
}

impl SignOut {
    /// Over the given dependencies.
    #[must_use]
    pub fn new(deps: &Dependencies, keys: Arc<SigningKeys>, revocations: Arc<Revocations>) -> Self {
        Self {
            accounts: Accounts::new(deps),
            sessions: Arc::clone(&deps.sessions),
            audit: Arc::clone(&deps.audit),
            transactor: Arc::clone(&deps.transactor),
            clock: Arc::clone(&deps.clock),
            revocations,
            keys,
        }
    }

    /// Ends the session of a refresh token and that of the access token, if it is another; a refresh token of any
    /// counter will do, so a token in its grace dies as well. Without any there is nothing to end, and that is fine.
    /// Answers how many ended.
    ///
    /// # Errors
    /// Only what the store says.
    pub async fn sign_out(
        &self,
        context: &RequestContext,
        kind: Audience,
        refresh_token: Option<&str>,
        access_token_of: Option<SessionId>,
    ) -> Result<usize, AuthError> {
        let cookie = refresh_token.and_then(|text| RefreshToken::decode(text, &self.keys, kind));
        let from_cookie = cookie.map(|token| token.session_id);
        let from_bearer = access_token_of.filter(|id| Some(*id) != from_cookie);
        let mut ended = 0;
        for id in from_cookie.into_iter().chain(from_bearer) {
            ended += usize::from(self.end(context, kind, id).await?);
        }
        Ok(ended)
    }

    async fn end(&self, context: &RequestContext, kind: Audience, id: SessionId) -> Result<bool, AuthError> {
        let now = self.clock.now();
        let Some(session) = self.sessions.find_session(kind, id).await?.filter(|found| found.is_active(now)) else {
            return Ok(false);
        };
        let account = self.accounts.find(session.subject).await?;
        let context = account.map_or_else(|| context.clone(), |account| context.acting_as(account.caller()));
        let mut tx = self.transactor.begin().await?;
        if !self.sessions.end_session_in(&mut tx, session.subject, id, EndReason::SignedOut, now).await? {
            return Ok(false);
        }
        self.kill_in(&mut tx, &context, session.subject, id).await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn kill_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        subject: AccountId,
        id: SessionId,
    ) -> Result<(), AuthError> {
        self.revocations.revoke_session_in(tx, id).await?;
        let entry = of_subject(AuditEntry::done("LOGOUT", "session", id), subject);
        Ok(self.audit.record_in(tx, context, entry).await?)
    }
}

#[cfg(test)]
#[path = "sign_out_tests.rs"]
mod tests;
