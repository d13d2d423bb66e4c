//! The two kinds of accounts as signing in and refreshing see them, so that there is one sign-in and not two.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use kernel::{AccessLevel, Caller, ReadOnlyReason, SessionId, SessionProof, StoreError, Subject, TenantStatus, Tx};

use super::Dependencies;
use crate::{
    domain::{AccountId, AdminAccount, PasswordHash, caller_of},
    repository::{AdminRepository, CredentialRepository, DirectoryPerson, TenantDirectory},
};

/// An account of either kind.
#[derive(Debug, Clone)]
pub(crate) enum Account {
    Admin(Box<AdminAccount>),
    Tenant(Box<DirectoryPerson>),
}

impl Account {
    pub(crate) fn id(&self) -> AccountId {
        match self {
            Self::Admin(admin) => AccountId::Admin(admin.id),
            Self::Tenant(person) => AccountId::Tenant { tenant_id: person.tenant_id, user_id: person.user_id },
        }
    }

    /// The account's owner as who does something, before or without a session.
    pub(crate) fn caller(&self) -> Caller {
        match self {
            Self::Admin(admin) => caller_of(Subject::Admin { id: admin.id, role: admin.role }),
            Self::Tenant(person) => {
                let DirectoryPerson { tenant_id, user_id: id, role, .. } = **person;
                caller_of(Subject::TenantUser { tenant_id, id, role }).with_access(access_level(person.tenant_status))
            }
        }
    }

    /// Whether the person may sign in, apart from their workshop's state.
    pub(crate) fn may_sign_in(&self) -> bool {
        match self {
            Self::Admin(admin) => admin.is_active,
            Self::Tenant(person) => person.may_sign_in(),
        }
    }

    /// Whether their password still opens anything.
    pub(crate) fn password_counts(&self, now: DateTime<Utc>) -> bool {
        match self {
            Self::Admin(admin) => !admin.temporary_password_is_over(now),
            Self::Tenant(_) => true,
        }
    }

    /// Whether the house they belong to lets its people in.
    pub(crate) fn house_is_open(&self) -> bool {
        match self {
            Self::Admin(_) => true,
            Self::Tenant(person) => person.tenant_is_open(),
        }
    }

    /// The account's owner in a session of theirs: for whom an access token is signed.
    pub(crate) fn caller_in(&self, session_id: SessionId) -> Caller {
        let (generation, tenant_generation, must_change_password) = match self {
            Self::Admin(admin) => (admin.generation, None, admin.must_change_password),
            Self::Tenant(person) => (person.generation, Some(person.tenant_generation), false),
        };
        let proof = SessionProof { session_id, generation, tenant_generation, must_change_password };
        self.caller().in_session(proof)
    }
}

/// What a workshop's state leaves open to its people.
const fn access_level(status: TenantStatus) -> AccessLevel {
    match status {
        TenantStatus::Active => AccessLevel::Full,
        TenantStatus::TrialExpired => AccessLevel::ReadOnly(ReadOnlyReason::TrialExpired),
        TenantStatus::Suspended | TenantStatus::Cancelled => AccessLevel::None,
    }
}

/// Reads and touches accounts of both kinds.
#[derive(Clone)]
pub(crate) struct Accounts {
    admins: Arc<dyn AdminRepository>,
    credentials: Arc<dyn CredentialRepository>,
    directory: Arc<dyn TenantDirectory>,
}

impl Accounts {
    pub(crate) fn new(deps: &Dependencies) -> Self {
        Self {
            admins: Arc::clone(&deps.admins),
            credentials: Arc::clone(&deps.credentials),
            directory: Arc::clone(&deps.directory),
        }
    }

    /// The account, without a lock.
    pub(crate) async fn find(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        Ok(match id {
            AccountId::Admin(id) => self.admins.find_admin(id).await?.map(admin),
            AccountId::Tenant { tenant_id, user_id } => {
                self.directory.find_person(tenant_id, user_id).await?.map(person)
            }
        })
    }

    /// Notes a sign-in, and reads the account with its current password hash as the transaction sees them. The write
    /// comes first: two sign-ins that both held a shared lock and then wanted to write would wait for each other.
    pub(crate) async fn sign_in_in(
        &self,
        tx: &mut Tx,
        id: AccountId,
        at: DateTime<Utc>,
    ) -> Result<Option<(Account, Option<PasswordHash>)>, StoreError> {
        match id {
            AccountId::Admin(id) => {
                self.admins.record_sign_in_in(tx, id, at).await?;
                let found = self.admins.find_admin_for_share(tx, id).await?;
                Ok(found.map(|found| {
                    let hash = found.password_hash.clone();
                    (admin(found), Some(hash))
                }))
            }
            AccountId::Tenant { tenant_id, user_id } => {
                self.directory.record_sign_in_in(tx, tenant_id, user_id, at).await?;
                let found = self.directory.find_person_for_share(tx, tenant_id, user_id).await?;
                let hash = self.credentials.find_hash_for_update(tx, tenant_id, user_id).await?;
                Ok(found.map(|found| (person(found), hash)))
            }
        }
    }

    /// Notes activity, and reads the account as the transaction sees it.
    pub(crate) async fn be_active_in(
        &self,
        tx: &mut Tx,
        id: AccountId,
        at: DateTime<Utc>,
    ) -> Result<Option<Account>, StoreError> {
        Ok(match id {
            AccountId::Admin(id) => {
                self.admins.record_activity_in(tx, id, at).await?;
                self.admins.find_admin_for_share(tx, id).await?.map(admin)
            }
            AccountId::Tenant { tenant_id, user_id } => {
                self.directory.record_activity_in(tx, tenant_id, user_id, at).await?;
                self.directory.find_person_for_share(tx, tenant_id, user_id).await?.map(person)
            }
        })
    }

    /// Moves the account's generation on, and answers it; nothing for an account that is gone. It locks workshop and
    /// account, so it comes before whatever else the transaction does to them.
    pub(crate) async fn bump_generation_in(&self, tx: &mut Tx, id: AccountId) -> Result<Option<i64>, StoreError> {
        match id {
            AccountId::Admin(id) => self.admins.bump_generation_in(tx, id).await,
            AccountId::Tenant { tenant_id, user_id } => self.directory.bump_generation_in(tx, tenant_id, user_id).await,
        }
    }

    /// Replaces the hash of an unchanged password by a better one.
    pub(crate) async fn upgrade_hash_in(
        &self,
        tx: &mut Tx,
        id: AccountId,
        from: &PasswordHash,
        to: &PasswordHash,
    ) -> Result<bool, StoreError> {
        match id {
            AccountId::Admin(id) => self.admins.upgrade_hash_in(tx, id, from, to).await,
            AccountId::Tenant { tenant_id, user_id } => {
                self.credentials.upgrade_hash_in(tx, tenant_id, user_id, from, to).await
            }
        }
    }
}

pub(crate) fn admin(found: AdminAccount) -> Account {
    Account::Admin(Box::new(found))
}

pub(crate) fn person(found: DirectoryPerson) -> Account {
    Account::Tenant(Box::new(found))
}
