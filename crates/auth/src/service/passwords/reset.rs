use kernel::{Audience, RequestContext};
use secrecy::SecretString;

use super::{Passwords, Replacement, as_owner, may_reset, personal_words};
use crate::{
    AuthError,
    domain::{NewPassword, OneTimeToken, PasswordHash, TokenPurpose},
};

impl Passwords {
    /// Sets a new password by a token of a reset link; all sessions end.
    ///
    /// # Errors
    /// [`AuthError::OneTimeTokenInvalid`] for a token that is forged, over, used, or no longer fits the account, all
    /// alike; [`AuthError::Invalid`] for a password nobody may have (the token stays good); [`AuthError::HashQueueFull`].
    pub async fn reset(
        &self,
        context: &RequestContext,
        kind: Audience,
        token: &SecretString,
        new: &SecretString,
    ) -> Result<(), AuthError> {
        let token = self.open_token(TokenPurpose::reset_of(kind), token).await?;
        let account = self.accounts.find(token.subject).await?.filter(may_reset);
        let account = account.ok_or(AuthError::OneTimeTokenInvalid)?;
        let new = NewPassword::parse("newPassword", new, &personal_words(&account))?;
        let hash = self.tools.hasher.hash(new.secret()).await?;

        let mut tx = self.tools.deps.transactor.begin().await?;
        let locked = self.lock_for_replacing_in(&mut tx, token.subject).await?;
        let Some((account, current, generation)) = locked else {
            return Err(AuthError::OneTimeTokenInvalid);
        };
        let fits = may_reset(&account) && PasswordHash::fingerprint(current.as_ref()) == token.bound_to;
        let now = self.tools.deps.clock.now();
        if !fits || !self.tools.tokens.use_token_in(&mut tx, token.id, now).await? {
            return Err(AuthError::OneTimeTokenInvalid);
        }
        let replacement = Replacement { hash, except: None, kills_tokens: true };
        let of = (token.subject, generation);
        self.replace_in(&mut tx, &as_owner(context, &account), of, replacement).await?;
        Ok(tx.commit().await?)
    }

    async fn open_token(&self, purpose: TokenPurpose, text: &SecretString) -> Result<OneTimeToken, AuthError> {
        let found = self.tools.tokens.find_token(&OneTimeToken::hash_of(text)).await?;
        let now = self.tools.deps.clock.now();
        found.filter(|token| token.purpose == purpose && token.is_open(now)).ok_or(AuthError::OneTimeTokenInvalid)
    }
}
