use std::sync::Arc;

use async_trait::async_trait;
use chrono::TimeDelta;
use kernel::{Audience, AuditEntry, Caller, RequestContext, StoreError};
use platform::queue::{Handler, Item, Outcome, QueueOptions, Tools};
use tokio_util::sync::CancellationToken;

use super::{
    Passwords, as_owner,
    forgot::{Realm, ResetAsked},
    may_reset,
};
use crate::{
    AuthError,
    domain::{OneTimeToken, PasswordHash, TokenPurpose},
    repository::{AccountMessage, Recipient, TenantRef},
    service::{
        accounts::{Account, admin, person},
        messages::send_token_in,
        sessions::of_subject,
    },
};

/// So many links a person gets in an hour; who asks more often has them already, or is somebody else.
const LINKS_PER_HOUR: u64 = 5;

/// Looks up who asked for a reset link, and sends it to those who can use one.
#[derive(Debug, Clone)]
pub struct PasswordResetLinks(Passwords);

impl PasswordResetLinks {
    /// The queue of those who asked for a link.
    pub const QUEUE: &str = "auth.password_reset_links";

    /// For the passwords of the same tools.
    #[must_use]
    pub fn new(passwords: Passwords) -> Self {
        Self(passwords)
    }

    /// Works on the queue until `stop`, then finishes what is in hand and returns.
    pub async fn run(self, tools: Tools, stop: CancellationToken) {
        let asked = self.0.asked.clone();
        asked.run(Arc::new(self), QueueOptions::default(), tools, stop).await;
    }

    async fn send(&self, asked: &ResetAsked) -> Result<(), AuthError> {
        let Some(found) = self.find(asked).await?.filter(may_reset) else { return Ok(()) };
        match self.issue(asked, &found).await {
            // The token is there: this is a repeat, and the link is on its way.
            Err(AuthError::Store(StoreError::Unique { .. })) => Ok(()),
            outcome => outcome,
        }
    }

    async fn find(&self, asked: &ResetAsked) -> Result<Option<Account>, StoreError> {
        let deps = &self.0.tools.deps;
        let tenant = match &asked.realm {
            Realm::Admin => return Ok(deps.admins.find_admin_by_email(&asked.email).await?.map(admin)),
            Realm::Subdomain(name) => deps.directory.find_tenant_id(&TenantRef::Subdomain(name.clone())).await?,
            Realm::TenantId(id) => Some(*id),
        };
        let Some(tenant) = tenant else { return Ok(None) };
        Ok(deps.directory.find_person_by_email(tenant, &asked.email).await?.map(person))
    }

    async fn issue(&self, asked: &ResetAsked, found: &Account) -> Result<(), AuthError> {
        let (tools, deps) = (&self.0.tools, &self.0.tools.deps);
        let (subject, now) = (found.id(), deps.clock.now());
        let mut tx = deps.transactor.begin().await?;
        // The account is locked, so that the token is bound to the password that is current when it appears.
        let Some((account, hash)) = self.0.lock_in(&mut tx, subject).await? else { return Ok(()) };
        let sent = tools.tokens.count_tokens_since(&mut tx, subject, now - TimeDelta::hours(1)).await?;
        if !may_reset(&account) || sent >= LINKS_PER_HOUR {
            return Ok(tx.rollback().await?);
        }
        let bound_to = PasswordHash::fingerprint(hash.as_ref());
        let purpose = TokenPurpose::reset_of(subject.audience());
        let (mut token, text) = OneTimeToken::issue(deps.entropy.as_ref(), now, purpose, subject, bound_to);
        token.id = asked.id;
        let to = Recipient::from(&account);
        send_token_in(tools, &mut tx, AccountMessage::PasswordReset, &to, (&token, &text)).await?;
        let entry = AuditEntry::done("PASSWORD_RESET_REQUESTED", subject.resource(), subject.id()).status(202);
        let context = context_of(asked, &account);
        deps.audit.record_in(&mut tx, &context, of_subject(entry, subject)).await?;
        Ok(tx.commit().await?)
    }
}

/// The request that asked, as if its sender were the account's owner; nobody has proved that, but the trail is read by
/// account.
fn context_of(asked: &ResetAsked, account: &Account) -> RequestContext {
    let context = RequestContext {
        caller: Caller::anonymous(Audience::Admin),
        ip: asked.ip,
        user_agent: asked.user_agent.clone(),
        request_id: asked.request_id.clone(),
    };
    as_owner(&context, account)
}

#[async_trait]
impl Handler<ResetAsked> for PasswordResetLinks {
    async fn handle(&self, asked: &Item<ResetAsked>) -> Outcome {
        match self.send(&asked.payload).await {
            Ok(()) => Outcome::Done,
            Err(error) => Outcome::retry(error),
        }
    }
}
