//! The sandbox's clock: an injected one, sped up and moved on.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use kernel::Clock;

/// The fastest that time can run: a day in a second.
pub const MAX_SPEED: f64 = 86_400.0;
/// The last second that the clock shows: the end of 2100.
const END: i64 = 4_133_980_799;

pub struct SandboxClock {
    base: Arc<dyn Clock>,
    anchor: Mutex<Anchor>,
}

#[derive(Clone, Copy)]
struct Anchor {
    /// What the clock underneath showed ...
    base: DateTime<Utc>,
    /// ... when this one showed that.
    shown: DateTime<Utc>,
    speed: f64,
}

impl Anchor {
    fn at(&self, base: DateTime<Utc>) -> DateTime<Utc> {
        let passed = (base - self.base).num_microseconds().unwrap_or_default().max(0);
        let passed = match self.speed {
            1.0 => passed,
            // A float's rounding is no matter for how much of made-up time has passed.
            speed => (passed as f64 * speed) as i64,
        };
        let shown = self.shown.checked_add_signed(TimeDelta::microseconds(passed)).unwrap_or(DateTime::<Utc>::MAX_UTC);
        shown.min(end())
    }
}

fn end() -> DateTime<Utc> {
    DateTime::from_timestamp(END, 0).unwrap_or(DateTime::UNIX_EPOCH)
}

impl SandboxClock {
    pub fn new(base: Arc<dyn Clock>, speed: f64) -> Self {
        let now = base.now();
        let anchor = Anchor { base: now, shown: now, speed: speed.clamp(0.0, MAX_SPEED) };
        Self { base, anchor: Mutex::new(anchor) }
    }

    pub fn now(&self) -> DateTime<Utc> {
        let anchor = *self.anchor.lock().unwrap_or_else(PoisonError::into_inner);
        anchor.at(self.base.now()).trunc_subsecs(3)
    }

    /// What the clock underneath shows: the caller's time.
    pub fn base_now(&self) -> DateTime<Utc> {
        self.base.now()
    }

    pub fn speed(&self) -> f64 {
        self.anchor.lock().unwrap_or_else(PoisonError::into_inner).speed
    }

    /// Moves on; back is not possible, and after 2100 time stands still.
    pub fn advance(&self, by: TimeDelta) {
        self.change(by, None);
    }

    pub fn set_speed(&self, speed: f64) {
        self.change(TimeDelta::zero(), Some(speed));
    }

    fn change(&self, by: TimeDelta, speed: Option<f64>) {
        let base = self.base.now();
        let mut anchor = self.anchor.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = anchor.at(base).checked_add_signed(by.max(TimeDelta::zero())).unwrap_or(end()).min(end());
        *anchor = Anchor { base, shown, speed: speed.map_or(anchor.speed, |speed| speed.clamp(0.0, MAX_SPEED)) };
    }
}

#[cfg(test)]
mod tests {
    use test_support::FixedClock;

    use super::*;

    #[test]
    fn runs_faster_and_is_moved_on() {
        let base = Arc::new(FixedClock::default());
        let clock = SandboxClock::new(base.clone(), 60.0);
        let start = clock.now();
        base.advance(TimeDelta::seconds(2));
        assert_eq!(clock.now() - start, TimeDelta::minutes(2));
        clock.advance(TimeDelta::hours(1));
        assert_eq!(clock.now() - start, TimeDelta::minutes(62));
        clock.set_speed(1.0);
        base.advance(TimeDelta::seconds(3));
        assert_eq!(clock.now() - start, TimeDelta::minutes(62) + TimeDelta::seconds(3));
    }

    #[test]
    fn never_goes_back_nor_beyond_its_end() {
        let clock = SandboxClock::new(Arc::new(FixedClock::default()), 1.0);
        let start = clock.now();
        clock.advance(TimeDelta::days(-1));
        assert_eq!(clock.now(), start);
        clock.advance(TimeDelta::MAX);
        assert_eq!(clock.now(), end());
        assert_eq!(end().to_rfc3339(), "2100-12-31T23:59:59+00:00");
        clock.advance(TimeDelta::days(1));
        assert_eq!(clock.now(), end());
    }
}
