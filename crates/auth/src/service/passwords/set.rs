use chrono::TimeDelta;
use kernel::{EmailAddress, StoreError, TenantId, TenantUserId, Tx};
use secrecy::SecretString;

use super::Passwords;
use crate::{
    AuthError,
    domain::{AccountId, NewPassword, PasswordHash, PersonalWords},
};

/// Tokens that are over are kept this long, for those who look into what happened.
const KEEP_OVER: TimeDelta = TimeDelta::days(30);

impl Passwords {
    /// Checks and hashes the password that a workshop's new person is added with: slow, and so done before the
    /// transaction begins. `field` is where the client wrote it.
    ///
    /// # Errors
    /// [`AuthError::Invalid`], [`AuthError::HashQueueFull`].
    pub async fn prepare_tenant_password(
        &self,
        field: &'static str,
        password: &SecretString,
        (first_name, last_name, email): (&str, &str, &EmailAddress),
    ) -> Result<PasswordHash, AuthError> {
        let personal = PersonalWords::of(first_name, last_name, email);
        let password = NewPassword::parse(field, password, &personal)?;
        self.tools.hasher.hash(password.secret()).await
    }

    /// Sets the password of a workshop's person who is added in the same transaction; their audit entry is the
    /// workshop's.
    ///
    /// # Errors
    /// What the store says.
    pub async fn set_tenant_password_in(
        &self,
        tx: &mut Tx,
        tenant_id: TenantId,
        user_id: TenantUserId,
        hash: &PasswordHash,
    ) -> Result<(), AuthError> {
        let now = self.tools.deps.clock.now();
        Ok(self.tools.deps.credentials.set_hash_in(tx, tenant_id, user_id, hash, now).await?)
    }

    /// Deletes the password of a workshop's person who is removed in the same transaction, and kills their links.
    ///
    /// # Errors
    /// What the store says.
    pub async fn forget_tenant_user_in(
        &self,
        tx: &mut Tx,
        tenant_id: TenantId,
        user_id: TenantUserId,
    ) -> Result<(), StoreError> {
        let now = self.tools.deps.clock.now();
        self.tools.deps.credentials.delete_in(tx, tenant_id, user_id).await?;
        self.tools.tokens.revoke_tokens_in(tx, AccountId::Tenant { tenant_id, user_id }, now).await?;
        Ok(())
    }

    /// Deletes one-time tokens that have been over for 30 days; answers how many.
    ///
    /// # Errors
    /// What the store says.
    pub async fn purge_tokens_in(&self, tx: &mut Tx) -> Result<u64, AuthError> {
        let before = self.tools.deps.clock.now() - KEEP_OVER;
        Ok(self.tools.tokens.purge_tokens_in(tx, before).await?)
    }
}
