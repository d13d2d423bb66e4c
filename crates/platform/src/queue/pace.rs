//! How fast things are done.

use std::{
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

/// Gives turns, so many a second, evenly: a burst at the beginning of a second, and another at the beginning of the next,
/// would be more than a provider that counts allows. Turns come in the order in which they were asked for, so nobody's
/// lease ends while others overtake him.
#[derive(Debug)]
pub struct Pace {
    gap: Duration,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    /// So many a second.
    #[must_use]
    pub fn new(per_second: NonZeroU32) -> Self {
        Self { gap: Duration::from_secs(1) / per_second.get(), next: Mutex::new(None) }
    }

    /// How many turns come within this time, at least one.
    pub(super) fn turns_in(&self, span: Duration) -> usize {
        usize::try_from(span.as_nanos() / self.gap.as_nanos().max(1)).unwrap_or(usize::MAX).max(1)
    }

    /// Waits for a turn.
    pub async fn turn(&self) {
        let turn = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let turn = next.map_or(now, |next| next.max(now));
            *next = Some(turn + self.gap);
            turn
        };
        sleep_until(turn).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// When each of `count` that ask at once has its turn, in milliseconds, in the order in which they asked.
    async fn turns(pace: &Arc<Pace>, count: usize) -> Vec<u128> {
        let start = Instant::now();
        let mut tasks = Vec::new();
        for _ in 0..count {
            let pace = Arc::clone(pace);
            tasks.push(tokio::spawn(async move {
                pace.turn().await;
                start.elapsed().as_millis()
            }));
        }
        let mut times = Vec::new();
        for task in tasks {
            times.push(task.await.expect("runs"));
        }
        times
    }

    #[tokio::test(start_paused = true)]
    async fn turns_come_evenly_and_in_order() {
        let pace = Arc::new(Pace::new(NonZeroU32::new(4).expect("not zero")));
        assert_eq!(turns(&pace, 6).await, [0, 250, 500, 750, 1000, 1250]);
        // Turns that nobody took are not saved up.
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(turns(&pace, 3).await, [0, 250, 500]);
    }
}
