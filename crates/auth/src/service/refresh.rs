use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Audience, AuditEntry, AuditTrail, Clock, ErrorCode, RequestContext, Transactor, Tx,
    outbox::{NewEvent, Outbox},
};

use super::{
    AccessTokens, Dependencies, Revocations, TokenPair,
    accounts::{Account, Accounts},
    sessions::of_subject,
    token_pair::TokenIssuer,
};
use crate::{
    AuthConfig, AuthError, SigningKeys,
    domain::{EndReason, Session, refresh_token::RefreshToken},
    events::AuthEvent,
    repository::{Rotation, SessionRepository},
};

/// Exchanges a refresh token for its successor and a new access token.
///
/// The session's counter is the state: the token of the current counter moves it on (compare and swap, in one
/// transaction with the audit entry, so a rollback burns nothing). The token before it, shortly after and while its
/// successor is unused, gets the same successor: several tabs may refresh at once. Anything older was stolen from
/// somebody, whoever brings it, so the session ends.
pub struct Refresh {
    accounts: Accounts,
    sessions: Arc<dyn SessionRepository>,
    audit: Arc<dyn AuditTrail>,
    outbox: Arc<dyn Outbox<AuthEvent>>,
    transactor: Arc<dyn Transactor>,
    clock: Arc<dyn Clock>,
    revocations: Arc<Revocations>,
    issuer: TokenIssuer,
    grace: Duration,
    idle_life: TimeDelta,
}

impl std::fmt::Debug for Refresh {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Refresh").finish_non_exhaustive()
    }
}

impl Refresh {
    /// Over the given dependencies.
    #[must_use]
    pub fn new(
        deps: &Dependencies,
        config: &AuthConfig,
        keys: Arc<SigningKeys>,
        access: Arc<AccessTokens>,
        revocations: Arc<Revocations>,
    ) -> Self {
        Self {
            accounts: Accounts::new(deps),
            sessions: Arc::clone(&deps.sessions),
            audit: Arc::clone(&deps.audit),
            outbox: Arc::clone(&deps.outbox),
            transactor: Arc::clone(&deps.transactor),
            clock: Arc::clone(&deps.clock),
            revocations,
            issuer: TokenIssuer { access, keys },
            grace: config.refresh_grace,
            idle_life: TimeDelta::from_std(config.idle_life).unwrap_or(TimeDelta::MAX),
        }
    }

    /// Exchanges a refresh token.
    ///
    /// # Errors
    /// [`AuthError::TokenInvalid`] for what is no token of ours, [`AuthError::TokenExpired`] and
    /// [`AuthError::TokenRevoked`] when the session is over, [`AuthError::RefreshReused`] (the session has then ended),
    /// [`AuthError::Unauthenticated`] when the account may no longer sign in, [`AuthError::TenantSuspended`].
    pub async fn refresh(
        &self,
        context: &RequestContext,
        kind: Audience,
        refresh_token: &str,
    ) -> Result<TokenPair, AuthError> {
        let token = self.issuer.read(kind, refresh_token).ok_or(AuthError::TokenInvalid)?;
        let found = self.sessions.find_session(kind, token.session_id).await?;
        let session = found.ok_or(AuthError::TokenInvalid)?;
        let now = self.clock.now();
        let mut tx = self.transactor.begin().await?;
        // Whoever revokes locks the account first, too: either they wait for us, or we see what they did.
        let account = self.accounts.be_active_in(&mut tx, session.subject, now).await?;
        let account = account.filter(Account::may_sign_in).ok_or(AuthError::Unauthenticated)?;
        if !account.house_is_open() {
            return Err(AuthError::TenantSuspended);
        }
        let context = context.acting_as(account.caller());
        let rotation = Rotation {
            kind,
            id: session.id,
            counter: token.counter,
            at: now,
            expires_at: (now + self.idle_life).min(session.ends_at),
        };
        if self.sessions.rotate_in(&mut tx, &rotation).await? {
            let pair = self.issuer.issue(&account.caller_in(session.id), token.counter + 1)?;
            let entry = of_subject(AuditEntry::done("TOKEN_REFRESHED", "session", session.id), session.subject);
            self.audit.record_in(&mut tx, &context, entry).await?;
            tx.commit().await?;
            return Ok(pair);
        }
        let current = self.sessions.find_session_for_update(&mut tx, kind, session.id).await?;
        let current = current.ok_or(AuthError::TokenInvalid)?;
        match self.judge(&current, token, now) {
            Verdict::SameSuccessor => self.issuer.issue(&account.caller_in(session.id), current.counter),
            Verdict::Refused(error) => Err(error),
            Verdict::Reused => {
                self.end_family_in(&mut tx, &context, &current, now).await?;
                tx.commit().await?;
                metrics::counter!("auth_refresh_reuse_total").increment(1);
                Err(AuthError::RefreshReused)
            }
        }
    }

    /// What to make of a token that is not the current one of a live session.
    fn judge(&self, session: &Session, token: RefreshToken, now: DateTime<Utc>) -> Verdict {
        if let Some((_, reason)) = session.ended {
            let reused = reason == EndReason::Reuse;
            return Verdict::Refused(if reused { AuthError::RefreshReused } else { AuthError::TokenRevoked });
        }
        if !session.is_active(now) {
            return Verdict::Refused(AuthError::TokenExpired);
        }
        // Ahead of the row: it was signed before the database was put back to an older state.
        if token.counter >= session.counter {
            return Verdict::Refused(AuthError::TokenInvalid);
        }
        let since_rotation = (now - session.rotated_at).to_std().unwrap_or_default();
        if token.counter + 1 == session.counter && since_rotation <= self.grace {
            return Verdict::SameSuccessor;
        }
        Verdict::Reused
    }

    async fn end_family_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        session: &Session,
        now: DateTime<Utc>,
    ) -> Result<(), AuthError> {
        let subject = session.subject;
        self.sessions.end_session_in(tx, subject, session.id, EndReason::Reuse, now).await?;
        self.revocations.revoke_session_in(tx, session.id).await?;
        let mut entry =
            AuditEntry::refused("REFRESH_REUSE_DETECTED", "session", 401, ErrorCode::RefreshReused.as_str());
        entry.resource_id = Some(session.id.to_string());
        self.audit.record_in(tx, context, of_subject(entry, subject)).await?;
        let fact = AuthEvent::ReuseDetected { audience: subject.audience(), principal_id: subject.id() };
        let event = NewEvent { tenant_id: subject.tenant_id(), ..NewEvent::new(session.id, fact) };
        self.outbox.publish_in(tx, event).await?;
        Ok(())
    }
}

enum Verdict {
    SameSuccessor,
    Reused,
    Refused(AuthError),
}

#[cfg(test)]
#[path = "refresh_tests.rs"]
mod tests;
