use async_trait::async_trait;
use chrono::TimeDelta;
use kernel::{
    Actor, AuditEntry, PrincipalKind, RequestContext, StoreError,
    outbox::{Event, EventHandler, HandlerError},
};

use super::{
    Passwords, as_owner,
    forgot::{Door, PASSWORD_RESET_ASKED, ResetAsked},
    may_reset,
};
use crate::{
    AuthError,
    domain::{OneTimeToken, PasswordHash, TokenPurpose},
    repository::TenantRef,
    service::{
        accounts::{Account, admin, person},
        messages::{PASSWORD_RESET_LINK, Recipient, send_token_in},
        sessions::of_subject,
    },
};

/// So many links a person gets in an hour; who asks more often has them already, or is somebody else.
const LINKS_PER_HOUR: u64 = 5;

/// Looks up who asked for a reset link, and sends it to those who can use one.
#[derive(Debug, Clone)]
pub struct PasswordResetLinks(Passwords);

impl PasswordResetLinks {
    /// For the passwords of the same tools.
    #[must_use]
    pub fn new(passwords: Passwords) -> Self {
        Self(passwords)
    }

    async fn send(&self, event: &Event) -> Result<(), AuthError> {
        let asked: ResetAsked =
            serde_json::from_value(event.payload.clone()).map_err(|error| AuthError::Event(error.to_string()))?;
        let Some(found) = self.find(&asked).await?.filter(may_reset) else { return Ok(()) };
        match self.issue(event, &asked, &found).await {
            // The token has the event's id: this delivery is a repeat, and the link is on its way.
            Err(AuthError::Store(StoreError::Unique { .. })) => Ok(()),
            outcome => outcome,
        }
    }

    async fn find(&self, asked: &ResetAsked) -> Result<Option<Account>, StoreError> {
        let ports = &self.0.tools.ports;
        let tenant = match &asked.door {
            Door::Admin => return Ok(ports.admins.find_admin_by_email(&asked.email).await?.map(admin)),
            Door::Subdomain(name) => ports.directory.find_tenant_id(&TenantRef::Subdomain(name.clone())).await?,
            Door::TenantId(id) => Some(*id),
        };
        let Some(tenant) = tenant else { return Ok(None) };
        Ok(ports.directory.find_person_by_email(tenant, &asked.email).await?.map(person))
    }

    async fn issue(&self, event: &Event, asked: &ResetAsked, found: &Account) -> Result<(), AuthError> {
        let (tools, ports) = (&self.0.tools, &self.0.tools.ports);
        let (subject, now) = (found.subject(), ports.clock.now());
        let mut tx = ports.transactor.begin().await?;
        // The account is locked, so that the token is bound to the password that is current when it appears.
        let Some((account, hash)) = self.0.lock_in(&mut tx, subject).await? else { return Ok(()) };
        let sent = tools.tokens.count_tokens_since(&mut tx, subject, now - TimeDelta::hours(1)).await?;
        if !may_reset(&account) || sent >= LINKS_PER_HOUR {
            return Ok(tx.rollback().await?);
        }
        let bound_to = PasswordHash::fingerprint(hash.as_ref());
        let purpose = TokenPurpose::reset_of(subject.kind());
        let (mut token, text) = OneTimeToken::issue(ports.entropy.as_ref(), now, purpose, subject, bound_to);
        token.id = event.id.uuid();
        let to = Recipient::from(&account);
        send_token_in(tools, &mut tx, PASSWORD_RESET_LINK, &to, (&token, &text)).await?;
        let entry = AuditEntry::done("PASSWORD_RESET_REQUESTED", subject.resource(), subject.id()).status(202);
        let context = context_of(asked, &account);
        ports.audit.record_in(&mut tx, &context, of_subject(entry, subject)).await?;
        Ok(tx.commit().await?)
    }
}

/// The request that asked, as if its sender were the account's owner; nobody has proved that, but the trail is read by
/// account.
fn context_of(asked: &ResetAsked, account: &Account) -> RequestContext {
    let context = RequestContext {
        actor: Actor::Anonymous(PrincipalKind::Admin),
        ip: asked.ip,
        user_agent: asked.user_agent.clone(),
        request_id: asked.request_id.clone(),
    };
    as_owner(&context, account)
}

#[async_trait]
impl EventHandler for PasswordResetLinks {
    fn name(&self) -> &'static str {
        "auth.password_reset_links"
    }

    fn handles(&self, kind: &str) -> bool {
        kind == PASSWORD_RESET_ASKED
    }

    async fn handle(&self, event: &Event) -> Result<(), HandlerError> {
        Ok(self.send(event).await?)
    }
}
