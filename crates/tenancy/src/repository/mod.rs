//! The ports: what the services need from a database and from whoever hands out access.
//!
//! Reads without a transaction come from the pool. Every write and every locking read takes the
//! transaction first. Whatever belongs to a workshop is only ever reached through the workshop's id.

mod access;
mod plans;
mod seats;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{
    EmailAddress, StoreError, TenantId, TenantUserId, Tx,
    page::{Page, PageRequest},
};

use crate::domain::{
    EndingTrial, Member, Person, PersonFilter, PersonSort, Plan, Subscription, Tenant, TenantFilter, TenantKey,
    TenantSort, TenantStatus, TenantSummary, TrialWarning,
};

#[cfg(any(test, feature = "mock"))]
pub use access::MockAccessControl;
pub use access::{AccessControl, NoSessions};
#[cfg(any(test, feature = "mock"))]
pub use plans::MockTenantPlans;
pub use plans::{TenantPlan, TenantPlans};
#[cfg(any(test, feature = "mock"))]
pub use seats::MockSeatWatch;
pub use seats::{NoSeatWatch, SeatWatch};

/// One of the totals that the list of workshops is counted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountKey {
    /// Where the workshops stand.
    pub status: TenantStatus,
    /// Their plan.
    pub plan: Plan,
    /// Whether they are deleted.
    pub deleted: bool,
}

impl From<&Tenant> for CountKey {
    fn from(tenant: &Tenant) -> Self {
        Self { status: tenant.status, plan: tenant.plan, deleted: tenant.is_deleted() }
    }
}

/// Workshops.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait TenantRepository: Send + Sync {
    /// The workshop with its contact and number of people, deleted or not.
    async fn find(&self, id: TenantId) -> Result<Option<TenantSummary>, StoreError>;

    /// [`TenantRepository::find`] by the address.
    async fn find_by_subdomain(&self, subdomain: &str) -> Result<Option<TenantSummary>, StoreError>;

    /// A page of the list.
    async fn list(
        &self,
        filter: &TenantFilter,
        page: &PageRequest<TenantSort>,
    ) -> Result<Page<TenantSummary>, StoreError>;

    /// [`TenantRepository::find`] as the transaction sees it.
    async fn find_in(&self, tx: &mut Tx, id: TenantId) -> Result<Option<TenantSummary>, StoreError>;

    /// The workshop, locked until the transaction ends. Every change to a workshop or to anything in it
    /// begins here, so that two of them never cross.
    async fn find_for_update(&self, tx: &mut Tx, id: TenantId) -> Result<Option<Tenant>, StoreError>;

    /// The workshop, kept from changing until the transaction ends, for work in it that may go on side by side. Who goes on
    /// to write to the workshop must use [`TenantRepository::find_for_update`], or two of them deadlock.
    async fn find_for_share(&self, tx: &mut Tx, id: TenantId) -> Result<Option<Tenant>, StoreError>;

    /// Adds a workshop, unless its subdomain is taken; tells whether it was free.
    ///
    /// # Errors
    /// [`StoreError::Unique`] with `uq_tenants_slug`.
    async fn insert_in(&self, tx: &mut Tx, tenant: &Tenant) -> Result<bool, StoreError>;

    /// Writes everything that can change, if the stored version still is `from_version`; tells whether it was.
    async fn update_in(&self, tx: &mut Tx, tenant: &Tenant, from_version: i64) -> Result<bool, StoreError>;

    /// Moves a workshop between the totals: `from` is `None` for a new one. `shard` is any number; each
    /// total is the sum over its shards.
    async fn recount_one_in(
        &self,
        tx: &mut Tx,
        from: Option<CountKey>,
        to: CountKey,
        shard: u8,
    ) -> Result<(), StoreError>;

    /// Counts all totals anew, for bulk loads that bypass this crate.
    async fn recount_all_in(&self, tx: &mut Tx) -> Result<(), StoreError>;
}

/// The people of workshops.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait PersonRepository: Send + Sync {
    /// One of the workshop's people.
    async fn find(&self, tenant: TenantId, id: TenantUserId) -> Result<Option<Person>, StoreError>;

    /// A page of the workshop's people.
    async fn list(
        &self,
        tenant: TenantId,
        filter: &PersonFilter,
        page: &PageRequest<PersonSort>,
    ) -> Result<Page<Person>, StoreError>;

    /// The workshop's first people, oldest first, at most `limit`.
    async fn list_first(&self, tenant: TenantId, limit: u64) -> Result<Vec<Person>, StoreError>;

    /// One of the workshop's people, as the transaction sees them. Take the workshop's lock first.
    async fn find_for_update(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        id: TenantUserId,
    ) -> Result<Option<Person>, StoreError>;

    /// Adds a person.
    ///
    /// # Errors
    /// [`StoreError::Unique`] with `uq_tenant_users_tenant_id_email`.
    async fn insert_in(&self, tx: &mut Tx, person: &Person) -> Result<(), StoreError>;

    /// Writes everything that can change, if the stored version still is `from_version`; tells whether it was.
    async fn update_in(&self, tx: &mut Tx, person: &Person, from_version: i64) -> Result<bool, StoreError>;

    /// Removes a person; tells whether there was one.
    async fn delete_in(&self, tx: &mut Tx, tenant: TenantId, id: TenantUserId) -> Result<bool, StoreError>;

    /// Whether anybody of any workshop has this address.
    async fn uses_email_in(&self, tx: &mut Tx, email: &EmailAddress) -> Result<bool, StoreError>;

    /// How many of the workshop's people are active, invited ones included.
    async fn count_active(&self, tenant: TenantId) -> Result<u64, StoreError>;

    /// [`PersonRepository::count_active`] as the transaction sees it.
    async fn count_active_in(&self, tx: &mut Tx, tenant: TenantId) -> Result<u64, StoreError>;

    /// The workshop's active owners, invited ones included.
    async fn list_active_owners_in(&self, tx: &mut Tx, tenant: TenantId) -> Result<Vec<Person>, StoreError>;
}

/// People as signing in sees them: with the state of their workshop.
///
/// What is written here locks the workshop (`FOR SHARE`) before the person, like everything else in this
/// crate, so that nobody waits in a circle.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait MemberRepository: Send + Sync {
    /// The id of the workshop that somebody names, also of one that is suspended or deleted.
    async fn find_tenant_id(&self, key: &TenantKey) -> Result<Option<TenantId>, StoreError>;

    /// The person with this address in this workshop.
    async fn find_by_email(&self, tenant: TenantId, email: &EmailAddress) -> Result<Option<Member>, StoreError>;

    /// The person with this id in this workshop.
    async fn find(&self, tenant: TenantId, id: TenantUserId) -> Result<Option<Member>, StoreError>;

    /// The same, with workshop and person kept from changing (`FOR SHARE`) until the transaction ends. What
    /// the transaction writes about the person must come before, or two of them deadlock.
    async fn find_for_share(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        id: TenantUserId,
    ) -> Result<Option<Member>, StoreError>;

    /// Notes a sign-in.
    async fn record_sign_in_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        id: TenantUserId,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Notes that the person was active.
    async fn record_activity_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        id: TenantUserId,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Moves the person's generation on and answers it; locks the workshop (`FOR SHARE`) first.
    async fn bump_generation_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        id: TenantUserId,
    ) -> Result<Option<i64>, StoreError>;

    /// Notes that the invitation was accepted; tells whether it was open.
    async fn mark_accepted_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        id: TenantUserId,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError>;
}

/// Subscriptions, one a workshop.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait SubscriptionRepository: Send + Sync {
    /// The workshop's current subscription.
    async fn find(&self, tenant: TenantId) -> Result<Option<Subscription>, StoreError>;

    /// The same, as the transaction sees it. Take the workshop's lock first.
    async fn find_for_update(&self, tx: &mut Tx, tenant: TenantId) -> Result<Option<Subscription>, StoreError>;

    /// Adds the workshop's first subscription.
    async fn insert_in(&self, tx: &mut Tx, subscription: &Subscription) -> Result<(), StoreError>;

    /// Writes the terms, if the stored version still is `from_version`; tells whether it was.
    async fn update_in(&self, tx: &mut Tx, subscription: &Subscription, from_version: i64) -> Result<bool, StoreError>;
}

/// Trials, their ends and the warnings of them.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait TrialRepository: Send + Sync {
    /// Workshops that work on a trial which the warning is due for and was not given for yet, by id, from the one after
    /// `after` on. Those with a subscription beyond the trial are left out.
    async fn list_unwarned(
        &self,
        warning: &TrialWarning,
        after: Option<TenantId>,
        limit: u64,
    ) -> Result<Vec<EndingTrial>, StoreError>;

    /// Workshops that work on a trial which is over, by id, from the one after `after` on. Those with a subscription beyond
    /// the trial are left out.
    async fn list_over(
        &self,
        now: DateTime<Utc>,
        after: Option<TenantId>,
        limit: u64,
    ) -> Result<Vec<EndingTrial>, StoreError>;

    /// Notes that a warning (`days` before the end) was given; `false` if it was before.
    async fn mark_warned_in(
        &self,
        tx: &mut Tx,
        trial: EndingTrial,
        days: u32,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError>;
}

/// How a workshop's person is called; for showing who did something.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct PersonFullName {
    pub tenant_id: TenantId,
    pub id: TenantUserId,
    /// First and last name.
    pub name: String,
    pub email: String,
}

/// The names of people of any workshop, for staff.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait PersonNames: Send + Sync {
    /// The names of those who are known, in one query.
    async fn list_names(&self, people: &[(TenantId, TenantUserId)]) -> Result<Vec<PersonFullName>, StoreError>;
}
