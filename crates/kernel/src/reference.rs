//! Numbers that people read out to each other.

use chrono::{DateTime, Utc};
use ulid::Ulid;

use crate::Entropy;

/// How many characters of a ULID a number has: 10 of time, 6 of randomness.
const LENGTH: usize = 16;

/// Draws a number at `now`: the prefix, `-`, and the first 16 characters of a [ULID](https://github.com/ulid/spec), which is the
/// time in milliseconds and 30 random bits in Crockford's base 32. Later numbers sort after earlier ones. Unique is what
/// the database lets in: who finds a number taken draws another.
///
/// ```
/// use kernel::{Clock as _, OsEntropy, SystemClock};
/// let number = kernel::reference::draw("TKT", SystemClock.now(), &OsEntropy);
/// assert!(number.starts_with("TKT-"));
/// assert_eq!(number.len(), 20);
/// ```
#[must_use]
pub fn draw(prefix: &str, now: DateTime<Utc>, entropy: &dyn Entropy) -> String {
    let mut random = [0_u8; 16];
    entropy.fill(&mut random);
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    let ulid = Ulid::from_parts(millis, u128::from_be_bytes(random)).to_string();
    format!("{prefix}-{}", ulid.chars().take(LENGTH).collect::<String>())
}
