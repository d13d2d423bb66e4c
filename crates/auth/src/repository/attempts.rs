use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{StoreError, Tx};

/// How tries are counted under one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountRule {
    /// Now.
    pub now: DateTime<Utc>,
    /// A count that began at this time or earlier begins anew.
    pub window_start: DateTime<Utc>,
    /// The try that sets the lock; `i64::MAX` for never.
    pub limit: i64,
    /// How long the lock stands when this try sets it.
    pub lock_until: DateTime<Utc>,
}

/// The count after this try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Tries in the window, this one included.
    pub tries: i64,
    /// The lock, set by this try (its `tries` is then the limit) or by an earlier one (then more).
    pub locked_until: Option<DateTime<Utc>>,
}

/// Where tries to sign in are counted; keys are opaque, nobody's address can be read from them.
///
/// Of several keys in one transaction, everybody takes (account, network) first, then network, the wider network, then account.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait AttemptRepository: Send + Sync {
    /// Counts a try, in one statement, so that parallel tries all get different numbers.
    async fn count_try_in(&self, tx: &mut Tx, key: &str, rule: &CountRule) -> Result<Tally, StoreError>;

    /// Takes one try back, and the lock that it may have set.
    async fn uncount_try_in(&self, tx: &mut Tx, key: &str) -> Result<(), StoreError>;

    /// Forgets all tries under a key.
    async fn clear_in(&self, tx: &mut Tx, key: &str) -> Result<(), StoreError>;

    /// Deletes counts last touched before `before` whose lock, if any, is over at `now`; answers how many.
    async fn purge_attempts_in(
        &self,
        tx: &mut Tx,
        before: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError>;
}
