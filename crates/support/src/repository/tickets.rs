use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{
    AdminId, StoreError, TenantId, Tx,
    page::{Page, PageRequest},
};

use crate::domain::{Audience, Summary, Ticket, TicketFilter, TicketId, TicketSort};

/// A ticket with a target that was missed and not noted yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Overdue {
    pub id: TicketId,
    pub since: DateTime<Utc>,
}

/// Tickets.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait TicketRepository: Send + Sync {
    /// The ticket, if it is one that the audience may see.
    async fn find(&self, audience: Audience, id: TicketId) -> Result<Option<Ticket>, StoreError>;

    /// A page of the tickets that the audience may see; what is said among staff is searched for staff only. What was
    /// missed by `now` counts as breached.
    async fn list(
        &self,
        audience: Audience,
        filter: &TicketFilter,
        now: DateTime<Utc>,
        page: &PageRequest<TicketSort>,
    ) -> Result<Page<Ticket>, StoreError>;

    /// How tickets stand at `now`, all of them or those of one workshop. Averages are of what happened from `since` on.
    async fn summarize(
        &self,
        audience: Audience,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Summary, StoreError>;

    /// How many tickets are active.
    async fn count_active(&self, audience: Audience) -> Result<u64, StoreError>;

    /// The ticket, if the audience may see it, locked until the transaction ends. Every change to a ticket or to
    /// anything in it begins here.
    async fn find_for_update(
        &self,
        tx: &mut Tx,
        audience: Audience,
        id: TicketId,
    ) -> Result<Option<Ticket>, StoreError>;

    /// The oldest of the most urgent tickets that are nobody's and that staff can do something about, but none of the
    /// `excluded` workshops, and whose it is. It is not locked: another may take it first.
    async fn find_next_unassigned_in(
        &self,
        tx: &mut Tx,
        excluded: &[TenantId],
    ) -> Result<Option<(TicketId, TenantId)>, StoreError>;

    /// Tickets of this member of staff that are not closed, by their ids, from the one after `after` on. They are not
    /// locked.
    async fn list_assigned_in(
        &self,
        tx: &mut Tx,
        admin: AdminId,
        after: Option<TicketId>,
        limit: u64,
    ) -> Result<Vec<TicketId>, StoreError>;

    /// Adds a ticket, unless its number is taken; tells whether it was free. The transaction goes on either way.
    async fn insert_in(&self, tx: &mut Tx, ticket: &Ticket) -> Result<bool, StoreError>;

    /// Writes everything that can change, if the stored version still is `from_version`; tells whether it was.
    async fn update_in(&self, tx: &mut Tx, ticket: &Ticket, from_version: i64) -> Result<bool, StoreError>;

    /// Writes what the clock shows, and nothing else: the version stays.
    async fn update_clock_in(&self, tx: &mut Tx, ticket: &Ticket) -> Result<(), StoreError>;

    /// Tickets with a target that was missed before `now` and not noted yet, the longest overdue first, from the one
    /// after `after` on.
    async fn list_overdue(
        &self,
        now: DateTime<Utc>,
        after: Option<Overdue>,
        limit: u64,
    ) -> Result<Vec<Overdue>, StoreError>;
}
