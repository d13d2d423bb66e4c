use chrono::{DateTime, Utc};
use kernel::{Entropy, reference};

/// A ticket's number, for people: `TKT-` and what [`reference::draw`] draws.
///
/// ```
/// use support::domain::TicketNumber;
/// use test_support::{FixedClock, SeededEntropy};
/// let number = TicketNumber::draw(kernel::Clock::now(&FixedClock::default()), &SeededEntropy::default());
/// assert!(number.as_str().starts_with("TKT-01KF0HJ080"));
/// assert_eq!(number.as_str().len(), 20);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TicketNumber(String);

impl TicketNumber {
    /// Draws a number at `now`.
    #[must_use]
    pub fn draw(now: DateTime<Utc>, entropy: &dyn Entropy) -> Self {
        Self(reference::draw("TKT", now, entropy))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes back what a store kept.
    pub(crate) fn trusted(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use chrono::TimeDelta;
    use kernel::Clock;
    use test_support::{FixedClock, SeededEntropy};

    use super::*;

    #[test]
    fn numbers_sort_by_time_and_differ_within_one_instant() {
        let (clock, entropy) = (FixedClock::default(), SeededEntropy::default());
        let mut last = TicketNumber::draw(clock.now(), &entropy);
        for _ in 0..1_000 {
            clock.advance(TimeDelta::milliseconds(1));
            let next = TicketNumber::draw(clock.now(), &entropy);
            assert!(next > last, "{last} {next}");
            last = next;
        }
        let now = clock.now();
        let same: HashSet<_> = (0..1_000).map(|_| TicketNumber::draw(now, &entropy)).collect();
        assert_eq!(same.len(), 1_000);
        let time = |number: &TicketNumber| number.as_str()[4..14].to_owned();
        assert_eq!(same.iter().map(time).collect::<HashSet<_>>().len(), 1);
    }

    #[test]
    fn only_characters_that_cannot_be_mistaken() {
        let entropy = SeededEntropy::default();
        for _ in 0..1_000 {
            let number = TicketNumber::draw(DateTime::UNIX_EPOCH, &entropy);
            let tail = number.as_str().strip_prefix("TKT-0000000000").expect("the time of the epoch").to_owned();
            assert_eq!(tail.len(), 6);
            assert!(tail.chars().all(|c| "0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains(c)), "{tail}");
        }
    }
}
