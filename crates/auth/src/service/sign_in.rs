use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Audience, AuditEntry, AuditTrail, Caller, Changes, Clock, DomainError, EmailAddress, Entropy, RequestContext,
    TenantId, Transactor, Tx, input::Word as _,
};
use platform::refusals::{Refusal, Refusals, Refused};
use secrecy::SecretString;
use tokio::time::Instant;

use super::{
    AccessTokens, CountedTry, Dependencies, PasswordHasher, Revocations, Throttle, TokenPair, TriedAccount,
    accounts::{Account, Accounts, admin, person},
    sessions::of_subject,
    token_pair::TokenIssuer,
};
use crate::{
    AuthConfig, AuthError, SigningKeys,
    domain::{AccountId, AdminAccount, EndReason, PasswordHash, Session},
    repository::{
        AdminRepository, CredentialRepository, DirectoryPerson, SessionRepository, TenantDirectory, TenantRef,
    },
};

/// A password may be changed, or its hash improved, while it is being verified; then it is verified again, this often.
const ROUNDS: usize = 3;

/// Signs people in by address and password.
///
/// Unknown, wrong, inactive and not yet accepted cost the same work and get the same answer after the same time.
pub struct SignIn {
    accounts: Accounts,
    admins: Arc<dyn AdminRepository>,
    credentials: Arc<dyn CredentialRepository>,
    directory: Arc<dyn TenantDirectory>,
    sessions: Arc<dyn SessionRepository>,
    audit: Arc<dyn AuditTrail>,
    transactor: Arc<dyn Transactor>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    hasher: PasswordHasher,
    throttle: Arc<Throttle>,
    refusals: Refusals,
    revocations: Arc<Revocations>,
    max_sessions: u64,
    issuer: TokenIssuer,
    floor: Duration,
    idle_life: TimeDelta,
    absolute_life: TimeDelta,
}

/// A successful sign-in.
#[derive(Debug, Clone)]
pub struct SignedIn<A> {
    /// The account, after the sign-in.
    pub account: A,
    /// Its tokens.
    pub tokens: TokenPair,
}

/// Who wants to sign in, and on which side.
struct Claim<'a> {
    kind: Audience,
    tenant: Option<TenantId>,
    email: &'a EmailAddress,
    password: &'a SecretString,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").finish_non_exhaustive()
    }
}

impl SignIn {
    /// Over the given dependencies.
    #[must_use]
    pub fn new(
        deps: &Dependencies,
        config: &AuthConfig,
        keys: Arc<SigningKeys>,
        access: Arc<AccessTokens>,
        hasher: PasswordHasher,
        throttle: Arc<Throttle>,
        revocations: Arc<Revocations>,
    ) -> Self {
        let span = |life| TimeDelta::from_std(life).unwrap_or(TimeDelta::MAX);
        Self {
            accounts: Accounts::new(deps),
            admins: Arc::clone(&deps.admins),
            credentials: Arc::clone(&deps.credentials),
            directory: Arc::clone(&deps.directory),
            sessions: Arc::clone(&deps.sessions),
            audit: Arc::clone(&deps.audit),
            transactor: Arc::clone(&deps.transactor),
            clock: Arc::clone(&deps.clock),
            entropy: Arc::clone(&deps.entropy),
            hasher,
            throttle,
            refusals: Refusals::new(Arc::clone(&deps.rates), Arc::clone(&deps.audit), Arc::clone(&deps.transactor)),
            revocations,
            max_sessions: config.max_sessions,
            issuer: TokenIssuer { access, keys },
            floor: config.refusal_floor,
            idle_life: span(config.idle_life),
            absolute_life: span(config.absolute_life),
        }
    }

    /// Signs a member of staff in.
    ///
    /// # Errors
    /// [`AuthError::InvalidCredentials`], [`AuthError::AccountLocked`], [`AuthError::TooManyFailures`];
    /// [`AuthError::HashQueueFull`] when too many are signing in at once.
    pub async fn admin(
        &self,
        context: &RequestContext,
        email: &EmailAddress,
        password: &SecretString,
    ) -> Result<SignedIn<AdminAccount>, AuthError> {
        let claim = Claim { kind: Audience::Admin, tenant: None, email, password };
        match self.attempt(context, &claim, String::new()).await? {
            SignedIn { account: Account::Admin(account), tokens } => Ok(SignedIn { account: *account, tokens }),
            SignedIn { .. } => Err(AuthError::InvalidCredentials),
        }
    }

    /// Signs a workshop's person in.
    ///
    /// # Errors
    /// As [`SignIn::admin`]; [`AuthError::TenantSuspended`] when the password was right but the workshop is closed.
    pub async fn tenant(
        &self,
        context: &RequestContext,
        tenant: &TenantRef,
        email: &EmailAddress,
        password: &SecretString,
    ) -> Result<SignedIn<DirectoryPerson>, AuthError> {
        let id = self.directory.find_tenant_id(tenant).await?;
        // Counted by id where there is one, so that naming the workshop in another way is no second chance.
        let counted_as = match (id, tenant) {
            (Some(id), _) => id.to_string(),
            (None, TenantRef::Id(id)) => id.to_string(),
            (None, TenantRef::Subdomain(name)) => name.to_lowercase(),
        };
        let claim = Claim { kind: Audience::Tenant, tenant: id, email, password };
        match self.attempt(context, &claim, counted_as).await? {
            SignedIn { account: Account::Tenant(account), tokens } => Ok(SignedIn { account: *account, tokens }),
            SignedIn { .. } => Err(AuthError::InvalidCredentials),
        }
    }

    /// The whole of a try, refusals held back until the floor.
    async fn attempt(
        &self,
        context: &RequestContext,
        claim: &Claim<'_>,
        tenant: String,
    ) -> Result<SignedIn<Account>, AuthError> {
        let began = Instant::now();
        let context = context.acting_as(Caller::anonymous(claim.kind));
        let tried = TriedAccount { kind: claim.kind, tenant, email: claim.email.clone() };
        let outcome = match self.throttle.count(&tried, context.ip).await {
            Ok(counted) => {
                counted.wait().await;
                self.decide(&context, claim, &counted).await
            }
            Err(error @ (AuthError::AccountLocked { .. } | AuthError::TooManyFailures { .. })) => {
                self.count_refusal(&context, claim, &tried, &error).await.and(Err(error))
            }
            Err(error) => Err(error),
        };
        let label = outcome.as_ref().err().map_or("SUCCESS", |error| error.code().as_str());
        metrics::counter!("auth_sign_ins_total", "outcome" => label).increment(1);
        if matches!(outcome, Err(AuthError::InvalidCredentials)) {
            tokio::time::sleep_until(began + self.floor).await;
        }
        outcome
    }

    /// Takes the count back when the try could not be decided: overload must not lock people out.
    async fn decide(
        &self,
        context: &RequestContext,
        claim: &Claim<'_>,
        counted: &CountedTry,
    ) -> Result<SignedIn<Account>, AuthError> {
        let outcome = self.verify(context, claim, counted).await;
        match &outcome {
            Ok(_) | Err(AuthError::InvalidCredentials | AuthError::TenantSuspended) => {}
            Err(_) => {
                if let Err(error) = self.throttle.undecided(counted).await {
                    tracing::warn!(error = &error as &dyn std::error::Error, "a sign-in try stays counted");
                }
            }
        }
        outcome
    }

    async fn verify(
        &self,
        context: &RequestContext,
        claim: &Claim<'_>,
        counted: &CountedTry,
    ) -> Result<SignedIn<Account>, AuthError> {
        for _ in 0..ROUNDS {
            let (found, hash) = self.find(claim).await?;
            let now = self.clock.now();
            let opens = |account: &&Account| account.may_sign_in() && account.password_counts(now);
            let usable = found.as_ref().filter(opens).and(hash.as_ref());
            let verified = self.hasher.verify(claim.password, usable).await?;
            let (true, Some(account), Some(hash)) = (verified.ok, &found, usable) else {
                return self.refuse(context, claim, found.as_ref()).await;
            };
            let better = if verified.needs_rehash { Some(self.hasher.hash(claim.password).await?) } else { None };
            match self.open(context, account, hash, better.as_ref(), counted).await? {
                Opening::Done(signed_in) => return Ok(*signed_in),
                Opening::Refused => return self.refuse(context, claim, found.as_ref()).await,
                Opening::Changed => {}
            }
        }
        self.refuse(context, claim, None).await
    }

    async fn find(&self, claim: &Claim<'_>) -> Result<(Option<Account>, Option<PasswordHash>), AuthError> {
        match (claim.kind, claim.tenant) {
            (Audience::Admin, _) => {
                let found = self.admins.find_admin_by_email(claim.email).await?;
                let hash = found.as_ref().map(|found| found.password_hash.clone());
                Ok((found.map(admin), hash))
            }
            (Audience::Tenant, None) => Ok((None, None)),
            (Audience::Tenant, Some(tenant)) => {
                let Some(found) = self.directory.find_person_by_email(tenant, claim.email).await? else {
                    return Ok((None, None));
                };
                let hash = self.credentials.find_hash(tenant, found.user_id).await?;
                Ok((Some(person(found)), hash))
            }
        }
    }

    /// The transaction of a right password: session, last login, better hash, audit entry, cleared counts.
    async fn open(
        &self,
        context: &RequestContext,
        found: &Account,
        verified: &PasswordHash,
        better: Option<&PasswordHash>,
        counted: &CountedTry,
    ) -> Result<Opening, AuthError> {
        let (now, subject) = (self.clock.now(), found.id());
        let mut tx = self.transactor.begin().await?;
        let Some((account, hash)) = self.accounts.sign_in_in(&mut tx, subject, now).await? else {
            return Ok(Opening::Refused);
        };
        if !account.may_sign_in() {
            return Ok(Opening::Refused);
        }
        if hash.as_ref() != Some(verified) {
            return Ok(Opening::Changed);
        }
        let context = context.acting_as(account.caller());
        if !account.house_is_open() {
            tx.rollback().await?;
            return self.refuse_in_closed_house(&context, &account, counted).await;
        }
        let session = self.new_session(&context, &account, now);
        let tokens = self.issuer.issue(&account.caller_in(session.id), session.counter)?;
        self.make_room_in(&mut tx, &context, subject, now).await?;
        self.sessions.insert_session_in(&mut tx, &session).await?;
        if let Some(better) = better {
            self.accounts.upgrade_hash_in(&mut tx, subject, verified, better).await?;
        }
        let entry = of_subject(AuditEntry::done("LOGIN_SUCCESS", "session", session.id), subject);
        self.audit.record_in(&mut tx, &context, entry).await?;
        self.throttle.succeeded_in(&mut tx, counted).await?;
        tx.commit().await?;
        Ok(Opening::Done(Box::new(SignedIn { account, tokens })))
    }

    /// Ends the account's oldest sessions, if it has as many as it may. The account is locked, so that two sign-ins at once
    /// do not both find room.
    async fn make_room_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        subject: AccountId,
        now: DateTime<Utc>,
    ) -> Result<(), AuthError> {
        let keep = self.max_sessions.saturating_sub(1);
        let ended = self.sessions.end_oldest_in(tx, subject, keep, now).await?;
        if ended.is_empty() {
            return Ok(());
        }
        self.revocations.revoke_sessions_in(tx, &ended).await?;
        let changes = Changes::new().set("sessionsEnded", &ended.len()).set("reason", &EndReason::TooMany.as_str());
        let entry = AuditEntry::done("SESSION_REVOKED", subject.resource(), subject.id()).changes(changes);
        Ok(self.audit.record_in(tx, context, of_subject(entry, subject)).await?)
    }

    fn new_session(&self, context: &RequestContext, account: &Account, now: DateTime<Utc>) -> Session {
        Session {
            id: self.entropy.uuid_v7(now).into(),
            subject: account.id(),
            counter: 0,
            rotated_at: now,
            ip: context.ip,
            user_agent: context.user_agent.clone(),
            created_at: now,
            last_activity_at: now,
            expires_at: now + self.idle_life.min(self.absolute_life),
            ends_at: now + self.absolute_life,
            ended: None,
        }
    }

    /// A right password, so no failure of the person's.
    async fn refuse_in_closed_house(
        &self,
        context: &RequestContext,
        account: &Account,
        counted: &CountedTry,
    ) -> Result<Opening, AuthError> {
        let error = AuthError::TenantSuspended;
        let mut tx = self.transactor.begin().await?;
        let id = account.id().id();
        let refusal = Refusal {
            what: Refused::SignIn(account.id().audience()),
            resource_id: Some(id.to_string()),
            tenant_id: account.id().tenant_id(),
            tenant_user_id: account.id().tenant_id().map(|_| id.into()),
            status: 403,
            code: error.code().to_string(),
        };
        let key = kernel::rate::key(&["closed door", &id.to_string()]);
        self.refusals.record_in(&mut tx, context, refusal, &key, self.throttle.refusal_window()).await?;
        self.throttle.succeeded_in(&mut tx, counted).await?;
        tx.commit().await?;
        Err(error)
    }

    async fn refuse<T>(
        &self,
        context: &RequestContext,
        claim: &Claim<'_>,
        found: Option<&Account>,
    ) -> Result<T, AuthError> {
        let error = AuthError::InvalidCredentials;
        self.record_refusal(context, claim, found, 401, error.code().as_str()).await?;
        Err(error)
    }

    /// A try that was not even looked at: one entry a lock, and one with how many there were.
    async fn count_refusal(
        &self,
        context: &RequestContext,
        claim: &Claim<'_>,
        tried: &TriedAccount,
        error: &AuthError,
    ) -> Result<(), AuthError> {
        let refusal = Refusal {
            what: Refused::SignIn(claim.kind),
            resource_id: None,
            tenant_id: claim.tenant,
            tenant_user_id: None,
            status: 429,
            code: error.code().to_string(),
        };
        let key = self.throttle.refusal_key(tried, context.ip, error);
        Ok(self.refusals.record(context, refusal, &key, self.throttle.refusal_window()).await?)
    }

    /// Who was tried goes into the trail only by id: an address that is nobody's may well be a mistyped password.
    async fn record_refusal(
        &self,
        context: &RequestContext,
        claim: &Claim<'_>,
        found: Option<&Account>,
        status: u16,
        code: &str,
    ) -> Result<(), AuthError> {
        let resource = match claim.kind {
            Audience::Admin => "admin_user",
            Audience::Tenant => "tenant_user",
        };
        let mut entry = AuditEntry::refused("LOGIN_FAILED", resource, status, code);
        entry.tenant_id = claim.tenant;
        let mut context = context.clone();
        if let Some(account) = found {
            context.caller = account.caller();
            entry.resource_id = Some(account.id().id().to_string());
            entry = of_subject(entry, account.id());
        }
        let mut tx = self.transactor.begin().await?;
        self.audit.record_in(&mut tx, &context, entry).await?;
        Ok(tx.commit().await?)
    }
}

/// What came of trying to open a session.
enum Opening {
    Done(Box<SignedIn<Account>>),
    /// The account is gone or deactivated since it was read.
    Refused,
    /// The password is another one since it was verified.
    Changed,
}

#[cfg(test)]
#[path = "sign_in_tests.rs"]
mod tests;
