//! Setting passwords, of staff and of the workshops' people alike: one use case a file, all on [`Passwords`].

mod change;
mod forgot;
mod reset;
mod reset_link;
mod set;

use kernel::{Actor, AuditEntry, EmailAddress, RequestContext, StoreError, Tx};

use super::{
    AccountTools,
    accounts::{Account, Accounts},
    sessions::of_subject,
};
use crate::{
    AuthError,
    domain::{EndReason, PasswordHash, PersonalWords, Subject},
    repository::NewCredential,
};

pub use forgot::PASSWORD_RESET_ASKED;
pub use reset_link::PasswordResetLinks;

/// Changes, forgets and resets passwords.
#[derive(Clone)]
pub struct Passwords {
    tools: AccountTools,
    accounts: Accounts,
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
    /// Whether access tokens die that no ended session takes with it.
    kills_tokens: bool,
}

impl Passwords {
    /// Over the given tools.
    #[must_use]
    pub fn new(tools: AccountTools) -> Self {
        Self { accounts: Accounts::new(&tools.ports), tools }
    }

    /// The account as the transaction sees it, kept from changing, with its current hash.
    async fn lock_in(
        &self,
        tx: &mut Tx,
        subject: Subject,
    ) -> Result<Option<(Account, Option<PasswordHash>)>, StoreError> {
        let ports = &self.tools.ports;
        match subject {
            Subject::Admin(id) => {
                let found = ports.admins.find_admin_for_update(tx, id).await?;
                Ok(found.map(|admin| {
                    let hash = admin.password_hash.clone();
                    (Account::Admin(Box::new(admin)), Some(hash))
                }))
            }
            Subject::Tenant { tenant_id, user_id } => {
                let found = ports.directory.find_person_for_share(tx, tenant_id, user_id).await?;
                let hash = ports.credentials.find_hash_for_update(tx, tenant_id, user_id).await?;
                Ok(found.map(|person| (Account::Tenant(Box::new(person)), hash)))
            }
        }
    }

    /// Sets the password, kills links and sessions of the old one, and audits it.
    async fn replace_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        subject: Subject,
        replacement: Replacement,
    ) -> Result<(), AuthError> {
        let ports = &self.tools.ports;
        let now = ports.clock.now();
        match subject {
            Subject::Admin(id) => {
                let Replacement { hash, kills_tokens, .. } = replacement;
                let credential = NewCredential { hash, must_change: false, kills_tokens, at: now };
                let generation = ports.admins.set_password_in(tx, id, &credential).await?;
                if kills_tokens {
                    self.tools.revocations.revoke_principal_in(tx, subject, generation).await?;
                }
            }
            // The access tokens of a workshop's person all belong to sessions, and die with them.
            Subject::Tenant { tenant_id, user_id } => {
                ports.credentials.set_hash_in(tx, tenant_id, user_id, &replacement.hash, now).await?;
            }
        }
        self.tools.tokens.revoke_tokens_in(tx, subject, now).await?;
        let (except, reason) = (replacement.except, EndReason::PasswordChanged);
        self.tools.sessions.revoke_other_sessions_in(tx, subject, except, reason).await?;
        let entry = AuditEntry::done("PASSWORD_CHANGED", subject.resource(), subject.id());
        Ok(ports.audit.record_in(tx, context, of_subject(entry, subject)).await?)
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
    account.may_sign_in() && account.door_is_open()
}

fn as_owner(context: &RequestContext, account: &Account) -> RequestContext {
    let actor: Actor = account.actor();
    context.acting_as(actor)
}

#[cfg(test)]
#[path = "passwords_tests.rs"]
mod tests;
