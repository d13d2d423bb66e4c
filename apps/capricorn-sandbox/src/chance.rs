//! Chance that repeats: the same seed and the same place give the same draw, whatever was drawn before.

use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

/// Steele, Lea and Flood's SplitMix64, over the seed and each part of the place.
pub fn draw(seed: u64, place: &[u64]) -> u64 {
    place.iter().fold(mix(seed), |state, part| mix(state ^ part.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
}

fn mix(state: u64) -> u64 {
    let state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}

/// A number below `bound`; 0 where there is nothing below it.
pub fn below(seed: u64, place: &[u64], bound: u64) -> u64 {
    draw(seed, place).checked_rem(bound).unwrap_or_default()
}

/// A text as a part of a place (FNV-1a).
pub fn of_text(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

/// A generator of its own for one place.
pub fn dice(seed: u64, place: &[u64]) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(draw(seed, place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_repeat_and_differ_by_place() {
        assert_eq!(draw(7, &[1, 2]), draw(7, &[1, 2]));
        let all = [draw(7, &[1, 2]), draw(7, &[2, 1]), draw(8, &[1, 2]), draw(7, &[1])];
        for (at, one) in all.iter().enumerate() {
            assert!(!all[at + 1..].contains(one), "{all:?}");
        }
        assert_eq!(below(7, &[1], 0), 0);
        assert!(below(7, &[1], 3) < 3);
    }
}
