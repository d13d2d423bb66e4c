use chrono::{DateTime, Utc};

use kernel::AdminId;

use super::{Priority, SlaClock, Status};

/// Most lines of a ticket's history before only what ends the work on it is taken.
pub(crate) const MAX_HISTORY: usize = 10_000;

/// Something that happened to a ticket and counts for its service level, or for who works on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryChange {
    /// It was opened with this priority; always the first, and only the first.
    Opened(Priority),
    /// It moved.
    Status {
        /// From here.
        from: Status,
        /// To there.
        to: Status,
    },
    /// It became more or less urgent.
    Priority {
        /// From this.
        from: Priority,
        /// To that.
        to: Priority,
    },
    /// Somebody else works on it now; nothing for the clock.
    Assigned {
        /// Who had it.
        from: Option<AdminId>,
        /// Who has it.
        to: Option<AdminId>,
    },
    /// Staff said something to the workshop for the first time.
    Answered,
}

/// A line of a ticket's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryEntry {
    /// 1, 2, 3, ...; the order that counts.
    pub position: i32,
    /// When; never before the line above.
    pub at: DateTime<Utc>,
    /// What.
    pub change: HistoryChange,
}

/// Everything that counts for a ticket's service level, in its order. It is only ever added to; what the clock shows
/// is computed from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History(Vec<HistoryEntry>);

impl History {
    /// Of a ticket that was just opened.
    #[must_use]
    pub fn open(priority: Priority, at: DateTime<Utc>) -> Self {
        Self(vec![HistoryEntry { position: 1, at, change: HistoryChange::Opened(priority) }])
    }

    /// Takes back what a store kept, in the order of the positions.
    #[must_use]
    pub fn of(entries: Vec<HistoryEntry>) -> Self {
        Self(entries)
    }

    /// The lines.
    #[must_use]
    pub fn entries(&self) -> &[HistoryEntry] {
        &self.0
    }

    /// Adds a line. Clocks of several machines differ a little: time never goes back here.
    pub fn push(&mut self, change: HistoryChange, at: DateTime<Utc>) {
        let (position, last) = self.0.last().map_or((0, at), |entry| (entry.position, entry.at));
        self.0.push(HistoryEntry { position: position + 1, at: at.max(last), change });
    }

    /// What the clock shows after all of it; `None` of a history that does not begin with the opening.
    #[must_use]
    pub fn clock(&self) -> Option<SlaClock> {
        let (first, rest) = self.0.split_first()?;
        let HistoryChange::Opened(priority) = first.change else { return None };
        let mut clock = SlaClock::start(priority, first.at);
        for entry in rest {
            clock.apply(entry.change, entry.at);
        }
        Some(clock)
    }
}
