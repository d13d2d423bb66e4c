use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use kernel::Clock;

/// A clock that stands still until it is told to move. Share it as `Arc<FixedClock>`: the code under
/// test takes it as `Arc<dyn Clock>`, the test keeps its own handle.
#[derive(Debug)]
pub struct FixedClock(Mutex<DateTime<Utc>>);

impl FixedClock {
    /// A clock that shows `at`, cut to whole microseconds as the machine's clock is.
    #[must_use]
    pub fn new(at: DateTime<Utc>) -> Self {
        Self(Mutex::new(at.trunc_subsecs(6)))
    }

    /// Moves the clock on by `by`; a negative span moves it back.
    pub fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }

    /// Shows `at` from now on.
    pub fn set(&self, at: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at.trunc_subsecs(6);
    }
}

impl Default for FixedClock {
    /// Thursday, 15 January 2026, 10:00 UTC.
    fn default() -> Self {
        Self::new(DateTime::UNIX_EPOCH + TimeDelta::seconds(1_768_471_200))
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_only_when_told() {
        let clock = FixedClock::default();
        let start = clock.now();
        assert_eq!(start.to_rfc3339(), "2026-01-15T10:00:00+00:00");
        assert_eq!(clock.now(), start);

        clock.advance(TimeDelta::minutes(5));
        assert_eq!(clock.now() - start, TimeDelta::minutes(5));

        clock.set(start + TimeDelta::nanoseconds(1_999));
        assert_eq!(clock.now() - start, TimeDelta::microseconds(1));
    }
}
