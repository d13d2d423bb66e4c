//! The count of requests in memory: no I/O, so that a request pays no more than a lock for it.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::TenantId;

use crate::repository::{CallDay, Counted};

/// A workshop's requests of a day, as this node knows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Entry {
    /// Counted by all nodes, as of the last flush.
    known: u64,
    /// Counted here since then.
    pending: u64,
    /// The plan's limit; `None` until the first flush tells it, and for plans without one.
    limit: Option<u64>,
    /// Whether anybody has called since the last flush.
    touched: bool,
}

impl Entry {
    fn is_used_up(&self) -> bool {
        self.limit.is_some_and(|limit| self.known + self.pending >= limit)
    }
}

/// A day as the database knows it, with the limit that the tenant's plan sets.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownDay {
    pub(super) day: CallDay,
    pub(super) limit: Option<u64>,
}

/// The requests of all workshops.
#[derive(Debug, Default)]
pub(super) struct Tally(HashMap<(TenantId, NaiveDate), Entry>);

impl Tally {
    /// Counts a request; or answers the limit that leaves no room for it.
    pub(super) fn count(&mut self, tenant: TenantId, day: NaiveDate) -> Result<(), u64> {
        let entry = self.0.entry((tenant, day)).or_default();
        match entry.limit {
            Some(limit) if entry.is_used_up() => Err(limit),
            _ => {
                entry.touched = true;
                entry.pending += 1;
                Ok(())
            }
        }
    }

    /// Counted here since the last flush.
    pub(super) fn pending(&self, tenant: TenantId, day: NaiveDate) -> u64 {
        self.0.get(&(tenant, day)).map_or(0, |entry| entry.pending)
    }

    /// What is to be flushed. Those without room are among it, whoever calls: a larger plan must be noticed.
    pub(super) fn due(&self, today: NaiveDate) -> Vec<Counted> {
        let due = self.0.iter().filter(|((_, day), entry)| entry.touched || (*day == today && entry.is_used_up()));
        due.map(|((tenant, day), entry)| (*tenant, *day, entry.pending)).collect()
    }

    /// Takes over what was flushed, and what the database then knew, if it told. Entries that nobody has touched since an earlier day, or
    /// whose workshop is gone, are forgotten.
    pub(super) fn flushed(&mut self, flushed: &[Counted], now: &[KnownDay], today: NaiveDate) {
        for (tenant, day, calls) in flushed {
            if let Some(entry) = self.0.get_mut(&(*tenant, *day)) {
                entry.pending = entry.pending.saturating_sub(*calls);
                entry.known = entry.known.saturating_add(*calls);
                entry.touched = entry.pending > 0;
            }
        }
        for KnownDay { day, limit } in now {
            if let Some(entry) = self.0.get_mut(&(day.tenant_id, day.day)) {
                entry.known = day.calls;
                entry.limit = *limit;
            }
        }
        self.0.retain(|(_, day), entry| entry.touched || *day == today);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const TENANT: TenantId = TenantId(Uuid::from_u128(1));

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, number).expect("a day")
    }

    fn known(calls: u64, limit: u64) -> KnownDay {
        KnownDay { day: CallDay { tenant_id: TENANT, day: day(1), calls, announced: 0 }, limit: Some(limit) }
    }

    #[test]
    fn what_is_counted_during_a_flush_is_not_lost() {
        let mut tally = Tally::default();
        for _ in 0..3 {
            tally.count(TENANT, day(1)).expect("counted");
        }
        let flushed = tally.due(day(1));
        assert_eq!(flushed, [(TENANT, day(1), 3)]);
        tally.count(TENANT, day(1)).expect("counted meanwhile");
        tally.flushed(&flushed, &[known(13, 10_000)], day(1));
        assert_eq!((tally.pending(TENANT, day(1)), tally.due(day(1))), (1, vec![(TENANT, day(1), 1)]));
    }

    #[test]
    fn the_limit_counts_other_nodes_and_what_is_pending() {
        let mut tally = Tally::default();
        tally.count(TENANT, day(1)).expect("the first");
        tally.flushed(&tally.due(day(1)), &[known(9_998, 10_000)], day(1));
        assert_eq!([tally.count(TENANT, day(1)), tally.count(TENANT, day(1))], [Ok(()), Ok(())]);
        assert_eq!(tally.count(TENANT, day(1)), Err(10_000));
        assert_eq!(tally.pending(TENANT, day(1)), 2, "what is refused is not counted");
        // Another day, and another plan, have room.
        assert_eq!(tally.count(TENANT, day(2)), Ok(()));
        let flushed = tally.due(day(1));
        tally.flushed(&flushed, &[known(10_000, 100_000)], day(1));
        assert_eq!(tally.count(TENANT, day(1)), Ok(()));
    }

    #[test]
    fn a_day_that_is_over_is_forgotten_once_it_is_flushed() {
        let mut tally = Tally::default();
        tally.count(TENANT, day(1)).expect("counted");
        tally.flushed(&[], &[], day(2));
        assert_eq!(tally.due(day(2)).len(), 1, "not before");
        tally.flushed(&tally.due(day(1)), &[known(1, 10_000)], day(2));
        assert!(tally.0.is_empty());
    }
}
