use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The source of all randomness: ids, tokens, nonces. Injected, so that tests can repeat.
pub trait Entropy: Send + Sync {
    /// Fills `buffer` with bytes fit for keys and tokens.
    fn fill(&self, buffer: &mut [u8]);

    /// A new UUIDv7 whose time part is `now`.
    fn uuid_v7(&self, now: DateTime<Utc>) -> Uuid {
        let mut random = [0_u8; 10];
        self.fill(&mut random);
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    /// # Panics
    /// When the operating system has no randomness to give: going on would mean guessable tokens.
    #[expect(
        clippy::disallowed_methods,
        clippy::expect_used,
        reason = "the one place that asks the operating system; without it nothing is safe"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the operating system's random generator works");
    }
}
