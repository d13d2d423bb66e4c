use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use tokio::sync::Notify;

use crate::{EventId, StoreError};

use super::Event;

/// What waits in the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Events that are not handled yet, those that wait for their next try included.
    pub pending: u64,
    /// Events given up on; they stay until somebody looks at them.
    pub dead: u64,
    /// How long the longest waiting event has been due; zero when none is.
    pub lag: Duration,
}

/// What came of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Handled.
    Done,
    /// Failed; to be tried again.
    Again {
        /// When.
        at: DateTime<Utc>,
        /// Why it failed; without secrets.
        error: String,
    },
    /// Failed for the last time.
    Dead {
        /// Why it failed; without secrets.
        error: String,
    },
}

/// The relay's end of the outbox.
///
/// A claim is a lease: it moves the time of the next try to the lease's end, so that the events of a node
/// that died come back by themselves, and to nobody else before.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait EventQueue: Send + Sync {
    /// Is notified when events were committed by this process.
    fn waker(&self) -> Arc<Notify>;

    /// Takes up to `limit` due events, the longest waiting first, for the time of `lease`. An event that cannot
    /// be read is given up on, so that it does not keep the others from coming.
    ///
    /// # Errors
    /// What the store says; nothing is taken then.
    async fn claim(&self, limit: u64, lease: Duration) -> Result<Vec<Event>, StoreError>;

    /// Keeps the outcomes, each with the event's id and attempt. An outcome of a delivery that lost its lease to
    /// another changes nothing, but for [`Outcome::Done`]: done is done.
    ///
    /// # Errors
    /// What the store says; none may have been kept, and keeping them again is harmless.
    async fn settle(&self, outcomes: &[(EventId, u32, Outcome)]) -> Result<(), StoreError>;

    /// Measures what waits.
    ///
    /// # Errors
    /// What the store says.
    async fn backlog(&self) -> Result<Backlog, StoreError>;
}
