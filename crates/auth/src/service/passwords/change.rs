use kernel::{AuditEntry, FieldCode, FieldError, RequestContext, SessionId};
use secrecy::{ExposeSecret, SecretString};

use super::{Passwords, Replacement, as_owner, email_of, personal_words};
use crate::{
    AuthError,
    domain::{AccountId, NewPassword, OwnSession, PasswordHash},
    service::{CountedTry, TriedAccount, accounts::Account, sessions::of_subject},
};

/// Whoever changes their password.
struct Owner {
    subject: AccountId,
    session: SessionId,
    account: Account,
    hash: PasswordHash,
}

impl Passwords {
    /// Changes one's own password; all other sessions end. After a temporary password the access tokens that tell of it
    /// die too, so that the session refreshes once.
    ///
    /// A wrong current password counts as a failed sign-in.
    ///
    /// # Errors
    /// [`AuthError::CurrentPasswordIncorrect`], [`AuthError::Invalid`] for a new password nobody may have,
    /// [`AuthError::AccountLocked`], [`AuthError::TooManyFailures`], [`AuthError::HashQueueFull`],
    /// [`AuthError::Unauthenticated`] when the account is gone.
    pub async fn change(
        &self,
        context: &RequestContext,
        OwnSession { account: subject, id: session }: OwnSession,
        current: &SecretString,
        new: &SecretString,
    ) -> Result<(), AuthError> {
        let owner = self.owner(subject, session).await?;
        if current.expose_secret() == new.expose_secret() {
            let same =
                FieldError::new("newPassword", FieldCode::SameAsCurrent, "must differ from the current password");
            return Err(AuthError::Invalid(vec![same]));
        }
        let new = NewPassword::parse("newPassword", new, &personal_words(&owner.account))?;
        let tried = TriedAccount {
            kind: subject.audience(),
            tenant: subject.tenant_id().map(|id| id.to_string()).unwrap_or_default(),
            email: email_of(&owner.account).clone(),
        };
        let counted = self.tools.throttle.count(&tried, context.ip).await?;
        counted.wait().await;
        let outcome = self.verify_and_replace(context, &owner, current, &new, &counted).await;
        if !matches!(outcome, Ok(()) | Err(AuthError::CurrentPasswordIncorrect)) {
            // Overload must not lock people out.
            if let Err(error) = self.tools.throttle.undecided(&counted).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "a password try stays counted");
            }
        }
        outcome
    }

    async fn owner(&self, subject: AccountId, session: SessionId) -> Result<Owner, AuthError> {
        let found = self.accounts.find(subject).await?.filter(Account::may_sign_in);
        let account = found.ok_or(AuthError::Unauthenticated)?;
        let hash = match (&account, subject) {
            (Account::Admin(admin), _) => Some(admin.password_hash.clone()),
            (Account::Tenant(_), AccountId::Tenant { tenant_id, user_id }) => {
                self.tools.deps.credentials.find_hash(tenant_id, user_id).await?
            }
            (Account::Tenant(_), AccountId::Admin(_)) => None,
        };
        Ok(Owner { subject, session, account, hash: hash.ok_or(AuthError::Unauthenticated)? })
    }

    async fn verify_and_replace(
        &self,
        context: &RequestContext,
        owner: &Owner,
        current: &SecretString,
        new: &NewPassword,
        counted: &CountedTry,
    ) -> Result<(), AuthError> {
        let is_right = self.tools.hasher.verify(current, Some(&owner.hash)).await?.ok;
        if !is_right || !owner.account.password_counts(self.tools.deps.clock.now()) {
            return self.refuse(context, owner).await;
        }
        let hash = self.tools.hasher.hash(new.secret()).await?;
        let mut tx = self.tools.deps.transactor.begin().await?;
        let locked = self.lock_for_replacing_in(&mut tx, owner.subject).await?;
        let Some((account, Some(current_hash), generation)) = locked.filter(|(account, ..)| account.may_sign_in())
        else {
            return Err(AuthError::Unauthenticated);
        };
        if current_hash != owner.hash {
            // Somebody else has set another one in between: the given one is no longer the current password.
            tx.rollback().await?;
            return self.refuse(context, owner).await;
        }
        let kills_tokens = matches!(&account, Account::Admin(admin) if admin.must_change_password);
        let replacement = Replacement { hash, except: Some(owner.session), kills_tokens };
        let of = (owner.subject, generation);
        self.replace_in(&mut tx, &as_owner(context, &account), of, replacement).await?;
        self.tools.throttle.succeeded_in(&mut tx, counted).await?;
        Ok(tx.commit().await?)
    }

    async fn refuse(&self, context: &RequestContext, owner: &Owner) -> Result<(), AuthError> {
        let resource = owner.subject.resource();
        let mut entry = AuditEntry::refused("PASSWORD_CHANGED", resource, 422, FieldCode::Incorrect.as_str());
        entry.resource_id = Some(owner.subject.id().to_string());
        let mut tx = self.tools.deps.transactor.begin().await?;
        self.tools.deps.audit.record_in(&mut tx, context, of_subject(entry, owner.subject)).await?;
        tx.commit().await?;
        Err(AuthError::CurrentPasswordIncorrect)
    }
}
