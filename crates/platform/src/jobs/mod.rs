//! Work on a schedule: each tick runs once over all nodes, is tried again when it fails, and is taken over
//! when its node dies. Work that follows from a change is an event of the [outbox](kernel::outbox) instead.
//!
//! ```
//! use std::{sync::Arc, time::Duration};
//! use platform::jobs::{Cadence, Job, JobError, Schedule};
//! use tokio_util::sync::CancellationToken;
//!
//! struct Tidy;
//!
//! #[async_trait::async_trait]
//! impl Job for Tidy {
//!     fn name(&self) -> &'static str {
//!         "demo.tidy"
//!     }
//!     async fn run(&self, _stop: &CancellationToken) -> Result<(), JobError> {
//!         Ok(())
//!     }
//! }
//!
//! let schedule = Schedule { cadence: Cadence::daily_at(3, 30), job: Arc::new(Tidy) };
//! let noon = "2026-03-01T12:00:00Z".parse().expect("a time");
//! assert_eq!(schedule.cadence.latest_tick(noon).to_rfc3339(), "2026-03-01T03:30:00+00:00");
//! assert_eq!(schedule.cadence.next_tick(noon).to_rfc3339(), "2026-03-02T03:30:00+00:00");
//! ```

mod items;
mod runner;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::StoreError;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use items::Items;
pub use runner::{Runner, RunnerOptions};

/// Why a job failed; its text is stored and logged, so it holds no secrets and no personal data.
pub type JobError = Box<dyn std::error::Error + Send + Sync>;

/// Something done on a schedule. It may be cut off at any point and run again from the start, so it works in
/// steps that each leave things in order.
#[async_trait]
pub trait Job: Send + Sync {
    /// Unique and stable: marks, logs and metrics go by it (`audit.verify`).
    fn name(&self) -> &'static str;

    /// Does the work. A long job looks at `stop` between steps and then ends early, with an error. One that goes through many
    /// things notes each in [`Items`], so that one that fails keeps nobody else's waiting.
    ///
    /// # Errors
    /// When it could not, or not wholly; it is tried again later.
    async fn run(&self, stop: &CancellationToken) -> Result<(), JobError>;
}

/// A job and when to run it.
#[derive(Clone)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Schedule {
    pub cadence: Cadence,
    pub job: Arc<dyn Job>,
}

impl std::fmt::Debug for Schedule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Schedule({}, {:?})", self.job.name(), self.cadence)
    }
}

/// Ticks at fixed instants of UTC, the same on every node. A tick that nobody was there for is made up for once,
/// however many were missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cadence {
    period_seconds: i64,
    offset_seconds: i64,
}

impl Cadence {
    /// Every full `period` since 1970, in whole seconds; at least one second.
    #[must_use]
    pub fn every(period: Duration) -> Self {
        let period_seconds = i64::try_from(period.as_secs()).unwrap_or(i64::MAX).max(1);
        Self { period_seconds, offset_seconds: 0 }
    }

    /// On the hour.
    #[must_use]
    pub const fn hourly() -> Self {
        Self { period_seconds: 60 * 60, offset_seconds: 0 }
    }

    /// Every day at this time of UTC.
    #[must_use]
    pub const fn daily_at(hour: u8, minute: u8) -> Self {
        let offset_seconds = (hour as i64 * 60 + minute as i64) * 60;
        Self { period_seconds: 24 * 60 * 60, offset_seconds }
    }

    /// The last tick at or before `now`.
    #[must_use]
    pub fn latest_tick(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let past = (now.timestamp() - self.offset_seconds).rem_euclid(self.period_seconds);
        DateTime::from_timestamp(now.timestamp() - past, 0).unwrap_or(now)
    }

    /// The first tick after `now`.
    #[must_use]
    pub fn next_tick(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.latest_tick(now) + Duration::from_secs(self.period_seconds.unsigned_abs())
    }
}

/// The right to run a tick of a job, until it ends, is extended or given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TickLease {
    /// The job.
    pub name: String,
    /// Which of several runs this is.
    pub holder: Uuid,
    /// 1 for the first run of this tick.
    pub attempt: u32,
}

/// Remembers which ticks were run, for all nodes.
#[cfg_attr(test, mockall::automock)]
#[async_trait]
pub trait ScheduleMarks: Send + Sync {
    /// Claims a tick for the time of `lease`, in one statement: of many nodes one gets it. A job whose last run
    /// failed, or whose node died, is claimed again once that run's lease has ended.
    ///
    /// # Errors
    /// What the store says.
    async fn claim(&self, name: &str, tick: DateTime<Utc>, lease: Duration) -> Result<Option<TickLease>, StoreError>;

    /// Makes the lease end at `until`: later while the job works, or when it is to be tried again. `error` is why
    /// the run failed, if it did. `false` when another node has taken over.
    ///
    /// # Errors
    /// What the store says.
    async fn hold(&self, lease: &TickLease, until: DateTime<Utc>, error: Option<String>) -> Result<bool, StoreError>;

    /// Ends the tick; `error` is why it was given up on, if it was.
    ///
    /// # Errors
    /// What the store says; the tick is then run again when the lease ends.
    async fn finish(&self, lease: &TickLease, error: Option<String>) -> Result<(), StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn ticks_are_the_same_whoever_asks_and_whenever() {
        let quarter = Cadence::every(Duration::from_secs(900));
        assert_eq!(quarter.latest_tick(at("2026-03-01T10:14:59.999Z")), at("2026-03-01T10:00:00Z"));
        assert_eq!(quarter.latest_tick(at("2026-03-01T10:15:00Z")), at("2026-03-01T10:15:00Z"));
        assert_eq!(quarter.next_tick(at("2026-03-01T10:15:00Z")), at("2026-03-01T10:30:00Z"));
        assert_eq!(Cadence::hourly().latest_tick(at("2026-03-01T10:14:59Z")), at("2026-03-01T10:00:00Z"));
    }

    #[test]
    fn before_the_time_of_day_the_latest_tick_is_yesterdays() {
        let daily = Cadence::daily_at(3, 30);
        assert_eq!(daily.latest_tick(at("2026-03-01T03:29:59Z")), at("2026-02-28T03:30:00Z"));
        assert_eq!(daily.next_tick(at("2026-03-01T03:29:59Z")), at("2026-03-01T03:30:00Z"));
    }
}
