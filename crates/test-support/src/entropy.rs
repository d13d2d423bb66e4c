use std::sync::atomic::{AtomicU64, Ordering};

use kernel::Entropy;

/// Randomness that repeats: the same seed gives the same bytes in the same order, and every call gives
/// other bytes than the one before. Never use it outside tests.
#[derive(Debug)]
pub struct SeededEntropy(AtomicU64);

impl SeededEntropy {
    /// A source that starts at `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// One step of SplitMix64 (Steele, Lea and Flood, 2014): a bijection of a counter, so no eight bytes
    /// come twice.
    fn next(&self) -> [u8; 8] {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)).to_le_bytes()
    }
}

impl Default for SeededEntropy {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            chunk.copy_from_slice(&self.next()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn take(source: &SeededEntropy) -> [u8; 32] {
        let mut bytes = [0; 32];
        source.fill(&mut bytes);
        bytes
    }

    #[test]
    fn repeats_by_seed_and_never_within_one() {
        let (first, second) = (SeededEntropy::new(7), SeededEntropy::new(7));
        let drawn: Vec<_> = (0..1_000).map(|_| take(&first)).collect();
        assert!(drawn.iter().all(|bytes| *bytes == take(&second)));
        assert_eq!(drawn.iter().collect::<HashSet<_>>().len(), drawn.len());
        assert_ne!(take(&SeededEntropy::new(8)), drawn[0]);
    }

    #[test]
    fn threads_never_draw_the_same() {
        let source = SeededEntropy::default();
        let drawn: HashSet<_> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..4).map(|_| scope.spawn(|| (0..500).map(|_| take(&source)).collect::<Vec<_>>())).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(drawn.len(), 2_000);
    }
}
