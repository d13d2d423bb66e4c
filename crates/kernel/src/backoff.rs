use std::time::Duration;

use crate::Entropy;

/// Waits that double from failure to failure, with jitter, so that what failed together does not come back
/// together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// About how long to wait after the first failure.
    pub first: Duration,
    /// The longest wait.
    pub most: Duration,
}

impl Backoff {
    /// How long to wait after failure number `attempt` (1 is the first): between half and all of
    /// `first * 2^(attempt - 1)`, at most `most`.
    #[must_use]
    pub fn after(&self, attempt: u32, entropy: &dyn Entropy) -> Duration {
        let doublings = attempt.saturating_sub(1).min(31);
        let full = self.first.saturating_mul(1 << doublings).min(self.most);
        let mut random = [0_u8; 4];
        entropy.fill(&mut random);
        let fraction = f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX);
        full.mul_f64(0.5 + fraction / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OsEntropy;

    #[test]
    fn waits_double_up_to_the_most() {
        let backoff = Backoff { first: Duration::from_secs(1), most: Duration::from_secs(60) };
        for (attempt, full) in [(1, 1), (2, 2), (4, 8), (7, 60), (u32::MAX, 60)] {
            let (low, high) = (Duration::from_millis(full * 500), Duration::from_secs(full));
            for _ in 0..100 {
                let wait = backoff.after(attempt, &OsEntropy);
                assert!(wait >= low && wait <= high, "attempt {attempt}: {wait:?}");
            }
        }
    }
}
