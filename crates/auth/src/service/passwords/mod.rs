//! Setting passwords, of staff and of the workshops' people alike: one use case a file, all on [`Passwords`].

mod change;
mod forgot;
mod reset;
mod reset_link;
mod set;

use std::sync::Arc;

use kernel::{AuditEntry, EmailAddress, RequestContext, StoreError, Tx};
use platform::queue::Queue;

use self::forgot::ResetAsked;
use super::{
    AccountTools,
    accounts::{Account, Accounts},
    sessions::of_subject,
};
use crate::{
    AuthError,
    domain::{AccountId, EndReason, PasswordHash, PersonalWords},
    repository::NewCredential,
};

pub use reset_link::PasswordResetLinks;

/// Changes, forgets and resets passwords.
#[derive(Clone)]
pub struct Passwords {
    tools: AccountTools,
    accounts: Accounts,
    asked: Queue<ResetAsked>,
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Passwords").finish_non_exhaustive()
    }
}

/// A new password for a locked account, and what becomes of what the old one had opened.
struct Replacement {
    hash: PasswordHash,
    /// The session that goes on; all others end.
    except: Option<kernel::SessionId>,
    /// Whether the access tokens of the session that goes on die all the same, so that it refreshes once.
    kills_tokens: bool,
}

impl Passwords {
    /// Over the given tools.
    #[must_use]
    pub fn new(tools: AccountTools) -> Self {
        let asked = Queue::new(PasswordResetLinks::QUEUE, Arc::clone(&tools.items));
        Self { accounts: Accounts::new(&tools.deps), asked, tools }
    }

    /// The account as the transaction sees it, kept from changing, with its current hash.
    async fn lock_in(
        &self,
        tx: &mut Tx,
        subject: AccountId,
    ) -> Result<Option<(Account, Option<PasswordHash>)>, StoreError> {
        let deps = &self.tools.deps;
        match subject {
            AccountId::Admin(id) => {
                let found = deps.admins.find_admin_for_update(tx, id).await?;
                Ok(found.map(|admin| {
                    let hash = admin.password_hash.clone();
                    (Account::Admin(Box::new(admin)), Some(hash))
                }))
            }
            AccountId::Tenant { tenant_id, user_id } => {
                let found = deps.directory.find_person_for_share(tx, tenant_id, user_id).await?;
                let hash = deps.credentials.find_hash_for_update(tx, tenant_id, user_id).await?;
                Ok(found.map(|person| (Account::Tenant(Box::new(person)), hash)))
            }
        }
    }

    /// [`Passwords::lock_in`] for who will replace the password: with the account's next generation.
    async fn lock_for_replacing_in(
        &self,
        tx: &mut Tx,
        subject: AccountId,
    ) -> Result<Option<(Account, Option<PasswordHash>, i64)>, StoreError> {
        let Some(generation) = self.accounts.bump_generation_in(tx, subject).await? else { return Ok(None) };
        let locked = self.lock_in(tx, subject).await?;
        Ok(locked.map(|(account, hash)| (account, hash, generation)))
    }

    /// Sets the password, kills links, sessions and access tokens of the old one, and audits it. The account is locked, and
    /// this is its new generation.
    async fn replace_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        (subject, generation): (AccountId, i64),
        replacement: Replacement,
    ) -> Result<(), AuthError> {
        let deps = &self.tools.deps;
        let now = deps.clock.now();
        let Replacement { hash, except, kills_tokens } = replacement;
        match subject {
            AccountId::Admin(id) => {
                deps.admins.set_password_in(tx, id, &NewCredential { hash, must_change: false, at: now }).await?;
            }
            AccountId::Tenant { tenant_id, user_id } => {
                deps.credentials.set_hash_in(tx, tenant_id, user_id, &hash, now).await?;
            }
        }
        self.tools.tokens.revoke_tokens_in(tx, subject, now).await?;
        self.tools.sessions.end_sessions_in(tx, subject, except, EndReason::PasswordChanged).await?;
        let spared = except.filter(|_| !kills_tokens);
        self.tools.revocations.revoke_principal_in(tx, subject, generation, spared).await?;
        let entry = AuditEntry::done("PASSWORD_CHANGED", subject.resource(), subject.id());
        Ok(deps.audit.record_in(tx, context, of_subject(entry, subject)).await?)
    }
}

fn personal_words(account: &Account) -> PersonalWords {
    match account {
        Account::Admin(admin) => PersonalWords::of(&admin.first_name, &admin.last_name, &admin.email),
        Account::Tenant(person) => PersonalWords::of(&person.first_name, &person.last_name, &person.email),
    }
}

fn email_of(account: &Account) -> &EmailAddress {
    match account {
        Account::Admin(admin) => &admin.email,
        Account::Tenant(person) => &person.email,
    }
}

/// A link is only for those who could sign in with the password they set by it.
fn may_reset(account: &Account) -> bool {
    account.may_sign_in() && account.house_is_open()
}

fn as_owner(context: &RequestContext, account: &Account) -> RequestContext {
    context.acting_as(account.caller())
}

#[cfg(test)]
#[path = "passwords_tests.rs"]
mod tests;
