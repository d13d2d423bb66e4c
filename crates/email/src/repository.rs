//! The ports: what the services need from a database.
//!
//! Reads without a transaction come from the pool. Every write takes the transaction first.

use std::{collections::HashSet, sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{
    EmailAddress, StoreError, TenantId, Tx,
    page::{Page, PageRequest},
    sealed::Sealed,
};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::domain::{
    ByTime, DeliveryEvent, Notification, NotificationFilter, NotificationId, Suppression, SuppressionFilter,
};

/// A row of the log with its sealed secret, which only the mail dispatcher sees.
#[derive(Debug, Clone, PartialEq)]
pub struct Queued {
    /// The row.
    pub notification: Notification,
    /// The secret of its mail, until it is sent.
    pub secret: Option<Sealed>,
    /// The key under which it is queued only once.
    pub once: Option<String>,
    /// When it was first handed over since it was queued.
    pub first_attempt_at: Option<DateTime<Utc>>,
}

/// The log, as staff see it.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait NotificationRepository: Send + Sync {
    /// One message.
    async fn find(&self, id: NotificationId) -> Result<Option<Notification>, StoreError>;

    /// A page of the log.
    async fn list(
        &self,
        filter: &NotificationFilter,
        page: &PageRequest<ByTime>,
    ) -> Result<Page<Notification>, StoreError>;

    /// Adds messages that wait, but for those whose key was used before, and wakes the mail dispatcher at the commit; answers which
    /// were added.
    async fn insert_in(&self, tx: &mut Tx, messages: &[Queued]) -> Result<Vec<NotificationId>, StoreError>;

    /// One message, locked.
    async fn find_for_update(&self, tx: &mut Tx, id: NotificationId) -> Result<Option<Queued>, StoreError>;

    /// Makes a message wait again from `now` on, as if it were new.
    async fn requeue_in(&self, tx: &mut Tx, id: NotificationId, now: DateTime<Utc>)
    -> Result<Notification, StoreError>;

    /// Moves the message that the delivery event is of forward, if it says more than is known; tells which message it is and whom it was for, whether
    /// it moved or not.
    async fn note_in(
        &self,
        tx: &mut Tx,
        delivery_event: &DeliveryEvent,
        now: DateTime<Utc>,
    ) -> Result<Option<(NotificationId, EmailAddress)>, StoreError>;
}

/// Addresses that nothing is sent to.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait SuppressionRepository: Send + Sync {
    /// A page of the list.
    async fn list(
        &self,
        filter: &SuppressionFilter,
        page: &PageRequest<ByTime>,
    ) -> Result<Page<Suppression>, StoreError>;

    /// Which of these are on it.
    async fn find_suppressed(&self, emails: &[EmailAddress]) -> Result<HashSet<EmailAddress>, StoreError>;

    /// Puts an address on it; tells whether it is new.
    async fn insert_in(&self, tx: &mut Tx, suppression: &Suppression) -> Result<bool, StoreError>;

    /// The entry of an address, as the transaction sees it.
    async fn find_in(&self, tx: &mut Tx, email: &EmailAddress) -> Result<Option<Suppression>, StoreError>;

    /// Takes an entry off.
    async fn delete_in(&self, tx: &mut Tx, id: Uuid) -> Result<bool, StoreError>;
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The provider has it.
    Sent {
        /// What the provider calls it.
        provider_message_id: Option<String>,
    },
    /// To be tried again.
    Again {
        /// When.
        at: DateTime<Utc>,
        /// Why; without addresses and secrets.
        error: String,
    },
    /// Given up on.
    Failed {
        /// Why; without addresses and secrets.
        error: String,
    },
    /// Its address is on the suppression list.
    Suppressed,
}

/// An attempt that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Which message.
    pub id: NotificationId,
    /// Which attempt at it.
    pub number: u32,
    /// What came of it.
    pub outcome: Outcome,
}

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Messages to be handed over.
    pub pending: u64,
    /// Messages given up on.
    pub failed: u64,
    /// How long the longest waiting one has been due.
    pub lag: Duration,
}

/// The mail dispatcher's end of the log.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait MailQueue: Send + Sync {
    /// Is notified when this process has queued messages.
    fn waker(&self) -> Arc<Notify>;

    /// Takes up to `limit` due messages, the longest waiting first, for the time of `lease`.
    async fn claim(&self, limit: u64, lease: Duration) -> Result<Vec<Queued>, StoreError>;

    /// Keeps outcomes. Of a message that waits no more, or that another attempt has taken over, nothing changes; but sent
    /// is sent, whatever attempt it was.
    async fn settle(&self, provider: &str, attempts: &[Attempt]) -> Result<(), StoreError>;

    /// Measures what waits.
    async fn backlog(&self) -> Result<Backlog, StoreError>;

    /// Erases up to `limit` secrets of messages that ended before `ended_before`; tells how many.
    async fn erase_secrets(&self, ended_before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError>;

    /// Deletes up to `limit` messages caused before `before` that wait no more; tells how many.
    async fn delete_old(&self, before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError>;
}

/// Whose mail it is, where several have the same address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// All of it: nobody else has the address.
    All,
    /// That about this workshop.
    OfTenant(TenantId),
    /// That about no workshop.
    OfStaff,
}

/// Takes people out of the log and the suppression list.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait ErasureRepository: Send + Sync {
    /// Deletes some messages to an address, whatever became of them; tells how many.
    async fn delete_messages_in(&self, tx: &mut Tx, email: &EmailAddress, share: Share) -> Result<u64, StoreError>;

    /// Puts one text in another's place in all messages.
    async fn reword_in(&self, tx: &mut Tx, from: &str, to: &str) -> Result<(), StoreError>;

    /// Takes an address off the suppression list.
    async fn delete_suppression_in(&self, tx: &mut Tx, email: &EmailAddress) -> Result<(), StoreError>;
}
