use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::{Priority, Status};

/// How many tickets wait, and how fast they are answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// All tickets.
    pub total: u64,
    /// How many stand where; every status is there.
    pub by_status: BTreeMap<Status, u64>,
    /// How many active ones (neither resolved nor closed) have which priority; every priority is there.
    pub active_by_priority: BTreeMap<Priority, u64>,
    /// Active ones that are nobody's.
    pub unassigned: u64,
    /// Active ones of which a target was missed.
    pub breached: u64,
    /// Of the last 30 days.
    pub averages: Averages,
}

/// How long things took, by the calendar: pauses count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Averages {
    /// From opening to the first public answer, of what was answered in the span; `None` if nothing was.
    pub first_response: Option<TimeDelta>,
    /// From opening to the resolution, of what was resolved in the span and still is; `None` if nothing was.
    pub resolution: Option<TimeDelta>,
}

impl Summary {
    /// Active tickets: neither resolved nor closed.
    #[must_use]
    pub fn active(&self) -> u64 {
        self.by_status.iter().filter(|(status, _)| status.is_active()).map(|(_, count)| count).sum()
    }
}
