use kernel::{AuditEntry, RequestContext, Subject, TenantId, TenantUserId, Tx};
use secrecy::SecretString;

use super::{AccountTools, messages::send_token_in, sessions::of_subject};
use crate::{
    AuthError,
    domain::{AccountId, NewPassword, OneTimeToken, PasswordHash, PersonalWords, TokenPurpose, caller_of},
    repository::{AccountMessage, Recipient},
};

/// Links through which invited people of workshops set their first password.
#[derive(Debug, Clone)]
pub struct Invitations {
    tools: AccountTools,
}

impl Invitations {
    /// Over the given tools.
    #[must_use]
    pub fn new(tools: AccountTools) -> Self {
        Self { tools }
    }

    /// Sends a link that is good for 7 days; older ones die. The workshop's side has locked or just added the person.
    ///
    /// # Errors
    /// [`AuthError::TooManyMessages`]; [`AuthError::IllegalTransition`] for staff, who are never invited; what the store
    /// says.
    pub async fn issue_in(&self, tx: &mut Tx, to: &Recipient) -> Result<(), AuthError> {
        let deps = &self.tools.deps;
        let AccountId::Tenant { tenant_id, user_id } = to.subject else { return Err(AuthError::IllegalTransition) };
        self.tools.throttle.count_message_to_in(tx, to).await?;
        let current = deps.credentials.find_hash_for_update(tx, tenant_id, user_id).await?;
        let bound_to = PasswordHash::fingerprint(current.as_ref());
        let now = deps.clock.now();
        let (token, text) =
            OneTimeToken::issue(deps.entropy.as_ref(), now, TokenPurpose::Invitation, to.subject, bound_to);
        send_token_in(&self.tools, tx, AccountMessage::Invitation, to, (&token, &text)).await
    }

    /// Kills the links of a person whose invitation was taken back.
    ///
    /// # Errors
    /// What the store says.
    pub async fn revoke_in(&self, tx: &mut Tx, tenant_id: TenantId, user_id: TenantUserId) -> Result<(), AuthError> {
        let subject = AccountId::Tenant { tenant_id, user_id };
        self.tools.tokens.revoke_tokens_in(tx, subject, self.tools.deps.clock.now()).await?;
        Ok(())
    }

    /// Accepts an invitation: the first password is set and the workshop told, or neither.
    ///
    /// # Errors
    /// [`AuthError::OneTimeTokenInvalid`] for a token that is forged, over, used or revoked, or of a workshop that is
    /// closed, all alike; [`AuthError::Invalid`] for a password nobody may have; [`AuthError::HashQueueFull`].
    pub async fn accept(
        &self,
        context: &RequestContext,
        token: &SecretString,
        password: &SecretString,
    ) -> Result<(), AuthError> {
        let deps = &self.tools.deps;
        let (token, tenant_id, user_id) = self.open_token(token).await?;
        let person = deps.directory.find_person(tenant_id, user_id).await?;
        let person = person.filter(|person| person.is_active && person.tenant_is_open());
        let person = person.ok_or(AuthError::OneTimeTokenInvalid)?;
        let personal = PersonalWords::of(&person.first_name, &person.last_name, &person.email);
        let password = NewPassword::parse("password", password, &personal)?;
        let hash = self.tools.hasher.hash(password.secret()).await?;

        let context = context.acting_as(caller_of(Subject::TenantUser { tenant_id, id: user_id, role: person.role }));
        let now = deps.clock.now();
        let mut tx = deps.transactor.begin().await?;
        // The workshop's locks come first, as everywhere.
        let is_pending = self.tools.acceptance.accept_in(&mut tx, &context, tenant_id, user_id).await?;
        let current = deps.credentials.find_hash_for_update(&mut tx, tenant_id, user_id).await?;
        let fits = is_pending && PasswordHash::fingerprint(current.as_ref()) == token.bound_to;
        if !fits || !self.tools.tokens.use_token_in(&mut tx, token.id, now).await? {
            return Err(AuthError::OneTimeTokenInvalid);
        }
        deps.credentials.set_hash_in(&mut tx, tenant_id, user_id, &hash, now).await?;
        self.tools.tokens.revoke_tokens_in(&mut tx, token.subject, now).await?;
        let entry = AuditEntry::done("PASSWORD_CHANGED", "tenant_user", user_id);
        deps.audit.record_in(&mut tx, &context, of_subject(entry, token.subject)).await?;
        Ok(tx.commit().await?)
    }

    async fn open_token(&self, text: &SecretString) -> Result<(OneTimeToken, TenantId, TenantUserId), AuthError> {
        let found = self.tools.tokens.find_token(&OneTimeToken::hash_of(text)).await?;
        let now = self.tools.deps.clock.now();
        match found.filter(|token| token.purpose == TokenPurpose::Invitation && token.is_open(now)) {
            Some(token) => match token.subject {
                AccountId::Tenant { tenant_id, user_id } => Ok((token, tenant_id, user_id)),
                AccountId::Admin(_) => Err(AuthError::OneTimeTokenInvalid),
            },
            None => Err(AuthError::OneTimeTokenInvalid),
        }
    }
}

#[cfg(test)]
#[path = "invitations_tests.rs"]
mod tests;
