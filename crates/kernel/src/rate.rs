//! How often something may happen, counted in the database, so that it holds over all nodes and restarts.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use crate::{StoreError, Tx};

/// So often in a window that begins with the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// How often in a window.
    pub limit: u32,
    /// How long a window is.
    pub window: Duration,
}

impl RateLimit {
    /// So often an hour.
    #[must_use]
    pub const fn hourly(limit: u32) -> Self {
        Self { limit, window: Duration::from_secs(60 * 60) }
    }

    /// So often a day.
    #[must_use]
    pub const fn daily(limit: u32) -> Self {
        Self { limit, window: Duration::from_secs(24 * 60 * 60) }
    }
}

/// The count after one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// In this window, this one included.
    pub count: i64,
    /// When the window ends.
    pub ends_at: DateTime<Utc>,
}

impl Counted {
    /// How long to wait, at least a second, when this was more often than may be; `None` when it was not.
    #[must_use]
    pub fn retry_after(&self, limit: RateLimit, now: DateTime<Utc>) -> Option<Duration> {
        let wait = (self.ends_at - now).to_std().unwrap_or_default().max(Duration::from_secs(1));
        (self.count > i64::from(limit.limit)).then_some(wait)
    }
}

/// Counts under keys, see [`key`]. Of several keys in one transaction, everybody takes the narrower first.
///
/// ```
/// # use kernel::{Clock, StoreError, TenantId, Tx, rate::{self, RateLimit, RateWindows}};
/// /// The transaction is rolled back by whoever is refused, so that trying on does not count.
/// async fn invite(rates: &dyn RateWindows, clock: &dyn Clock, tx: &mut Tx, tenant: TenantId) -> Result<(), StoreError> {
///     let limit = RateLimit::daily(200);
///     let counted = rates.count_in(tx, &rate::key(&["invitations", &tenant.to_string()]), limit.window).await?;
///     if let Some(_wait) = counted.retry_after(limit, clock.now()) {
///         // 429 with Retry-After
///     }
///     Ok(())
/// }
/// ```
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait RateWindows: Send + Sync {
    /// Counts one more, in one statement, so that parallel ones all get different numbers. A count whose window is over
    /// begins anew.
    async fn count_in(&self, tx: &mut Tx, key: &str, window: Duration) -> Result<Counted, StoreError>;

    /// Notes what the end of the key's window is to be told with; see `platform::refusals`.
    async fn note_in(&self, tx: &mut Tx, key: &str, note: &str) -> Result<(), StoreError>;

    /// Ends the key's window if its time is over: its count and note, if it had a note.
    async fn take_ended_in(&self, tx: &mut Tx, key: &str) -> Result<Option<Ended>, StoreError>;

    /// Ends windows whose time is over, at most `limit`; those that had a note are answered, and how many there were.
    async fn take_all_ended_in(&self, tx: &mut Tx, limit: u64) -> Result<(Vec<Ended>, u64), StoreError>;
}

/// A window that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// How often it was in it.
    pub count: i64,
    /// What was noted.
    pub note: String,
}

/// The key of these parts: a hash, so that it is short whatever they are. Whoever counts by what a guess would find
/// (addresses) uses a keyed hash of their own.
#[must_use]
pub fn key(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A window's length as the database adds it.
#[must_use]
pub fn span(window: Duration) -> TimeDelta {
    TimeDelta::from_std(window).unwrap_or(TimeDelta::MAX)
}
