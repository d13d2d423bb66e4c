//! The two kinds of accounts as signing in and refreshing see them, so that there is one sign-in and not two.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use kernel::{Actor, SessionId, StoreError, Tx};

use super::AuthPorts;
use crate::{
    domain::{AdminAccount, AdminPrincipal, PasswordHash, Subject, TenantPrincipal},
    repository::{AdminRepository, CredentialRepository, DirectoryPerson, TenantDirectory, TenantStatus},
};

/// An account of either kind.
#[derive(Debug, Clone)]
pub(crate) enum Account {
    Admin(Box<AdminAccount>),
    Tenant(Box<DirectoryPerson>),
}

/// Whom an access token is signed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Principal {
    Admin(AdminPrincipal),
    Tenant(TenantPrincipal),
}

impl Account {
    pub(crate) fn subject(&self) -> Subject {
        match self {
            Self::Admin(admin) => Subject::Admin(admin.id),
            Self::Tenant(person) => Subject::Tenant { tenant_id: person.tenant_id, user_id: person.user_id },
        }
    }

    pub(crate) fn actor(&self) -> Actor {
        match self {
            Self::Admin(admin) => Actor::Admin { id: admin.id, role: admin.role },
            Self::Tenant(person) => {
                Actor::TenantUser { tenant_id: person.tenant_id, id: person.user_id, role: person.role }
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
    pub(crate) fn door_is_open(&self) -> bool {
        match self {
            Self::Admin(_) => true,
            Self::Tenant(person) => person.tenant_is_open(),
        }
    }

    pub(crate) fn principal(&self, session_id: SessionId) -> Principal {
        match self {
            Self::Admin(admin) => Principal::Admin(AdminPrincipal {
                admin_id: admin.id,
                session_id,
                role: admin.role,
                must_change_password: admin.must_change_password,
                generation: admin.generation,
            }),
            Self::Tenant(person) => Principal::Tenant(TenantPrincipal {
                tenant_id: person.tenant_id,
                user_id: person.user_id,
                session_id,
                role: person.role,
                trial_expired: person.tenant_status == TenantStatus::TrialExpired,
                generation: person.generation,
                tenant_generation: person.tenant_generation,
            }),
        }
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
    pub(crate) fn new(ports: &AuthPorts) -> Self {
        Self {
            admins: Arc::clone(&ports.admins),
            credentials: Arc::clone(&ports.credentials),
            directory: Arc::clone(&ports.directory),
        }
    }

    /// The account, without a lock.
    pub(crate) async fn find(&self, subject: Subject) -> Result<Option<Account>, StoreError> {
        Ok(match subject {
            Subject::Admin(id) => self.admins.find_admin(id).await?.map(admin),
            Subject::Tenant { tenant_id, user_id } => self.directory.find_person(tenant_id, user_id).await?.map(person),
        })
    }

    /// Notes a sign-in, and reads the account with its current password hash as the transaction sees them. The write
    /// comes first: two sign-ins that both held a shared lock and then wanted to write would wait for each other.
    pub(crate) async fn sign_in_in(
        &self,
        tx: &mut Tx,
        subject: Subject,
        at: DateTime<Utc>,
    ) -> Result<Option<(Account, Option<PasswordHash>)>, StoreError> {
        match subject {
            Subject::Admin(id) => {
                self.admins.record_sign_in_in(tx, id, at).await?;
                let found = self.admins.find_admin_for_share(tx, id).await?;
                Ok(found.map(|found| {
                    let hash = found.password_hash.clone();
                    (admin(found), Some(hash))
                }))
            }
            Subject::Tenant { tenant_id, user_id } => {
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
        subject: Subject,
        at: DateTime<Utc>,
    ) -> Result<Option<Account>, StoreError> {
        Ok(match subject {
            Subject::Admin(id) => {
                self.admins.record_activity_in(tx, id, at).await?;
                self.admins.find_admin_for_share(tx, id).await?.map(admin)
            }
            Subject::Tenant { tenant_id, user_id } => {
                self.directory.record_activity_in(tx, tenant_id, user_id, at).await?;
                self.directory.find_person_for_share(tx, tenant_id, user_id).await?.map(person)
            }
        })
    }

    /// Moves the account's generation on, and answers it; nothing for an account that is gone. It locks workshop and
    /// account, so it comes before whatever else the transaction does to them.
    pub(crate) async fn bump_generation_in(&self, tx: &mut Tx, subject: Subject) -> Result<Option<i64>, StoreError> {
        match subject {
            Subject::Admin(id) => self.admins.bump_generation_in(tx, id).await,
            Subject::Tenant { tenant_id, user_id } => self.directory.bump_generation_in(tx, tenant_id, user_id).await,
        }
    }

    /// Replaces the hash of an unchanged password by a better one.
    pub(crate) async fn upgrade_hash_in(
        &self,
        tx: &mut Tx,
        subject: Subject,
        from: &PasswordHash,
        to: &PasswordHash,
    ) -> Result<bool, StoreError> {
        match subject {
            Subject::Admin(id) => self.admins.upgrade_hash_in(tx, id, from, to).await,
            Subject::Tenant { tenant_id, user_id } => {
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
