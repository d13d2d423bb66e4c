use base64::{Engine as _, prelude::BASE64_STANDARD};
use kernel::{AdminId, AuditEntry, RequestContext};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::{AdminAccounts, check_rank};
use crate::{
    AuthError,
    domain::{AccountId, EndReason, OneTimeToken, PasswordHash, TokenPurpose},
    repository::{AccountMessage, NewCredential, Recipient},
    service::messages::send_token_in,
};

impl AdminAccounts {
    /// Takes an admin's password away, signs them out everywhere and sends them a link to set a new one.
    ///
    /// # Errors
    /// [`AuthError::AdminNotFound`], [`AuthError::Forbidden`]; [`AuthError::IllegalTransition`] when they are inactive;
    /// [`AuthError::TooManyMessages`], [`AuthError::HashQueueFull`].
    pub async fn reset_password(&self, context: &RequestContext, id: AdminId) -> Result<(), AuthError> {
        let deps = &self.tools.deps;
        let hash = self.unguessable().await?;
        let mut tx = deps.transactor.begin().await?;
        let account = self.lock_in(&mut tx, id).await?;
        check_rank(context, account.role)?;
        if !account.is_active {
            return Err(AuthError::IllegalTransition);
        }
        let (subject, now) = (AccountId::Admin(id), deps.clock.now());
        let bound_to = PasswordHash::fingerprint(Some(&hash));
        deps.admins.set_password_in(&mut tx, id, &NewCredential { hash, must_change: false, at: now }).await?;
        let generation = deps.admins.bump_generation_in(&mut tx, id).await?.ok_or(AuthError::AdminNotFound)?;
        self.tools.sessions.end_sessions_in(&mut tx, subject, None, EndReason::PasswordChanged).await?;
        self.tools.revocations.revoke_principal_in(&mut tx, subject, generation, None).await?;
        let (token, text) =
            OneTimeToken::issue(deps.entropy.as_ref(), now, TokenPurpose::AdminReset, subject, bound_to);
        let to = Recipient::from(&account);
        self.tools.throttle.count_message_to_in(&mut tx, &to).await?;
        send_token_in(&self.tools, &mut tx, AccountMessage::PasswordReset, &to, (&token, &text)).await?;
        let entry = AuditEntry::done("PASSWORD_RESET_REQUESTED", "admin_user", id);
        deps.audit.record_in(&mut tx, context, entry).await?;
        Ok(tx.commit().await?)
    }

    /// The hash of a password that nobody knows.
    async fn unguessable(&self) -> Result<PasswordHash, AuthError> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        self.tools.deps.entropy.fill(bytes.as_mut_slice());
        self.tools.hasher.hash(&SecretString::from(BASE64_STANDARD.encode(bytes.as_slice()))).await
    }
}
