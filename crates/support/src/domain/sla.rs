use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::{HistoryChange, Priority};

/// What is promised for a ticket.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum SlaTarget {
    /// The first public answer of staff.
    FirstResponse,
    /// That it is resolved or closed.
    Resolution,
}

/// By when something must have happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The last instant that is in time. While the clock is paused it stands still, and afterwards lies later by the
    /// length of the pause. Once the target was met or missed it never moves again.
    pub due_at: DateTime<Utc>,
    /// When it was missed. What was missed stays missed, whatever becomes of the priority.
    pub breached_at: Option<DateTime<Utc>>,
}

/// A target that was missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missed {
    /// Which.
    pub target: SlaTarget,
    /// When it should have been met.
    pub due_at: DateTime<Utc>,
}

/// A ticket's two targets and the clock that they go by. The clock runs while it is staff's turn: it is paused while
/// the ticket waits for the workshop, and while it is resolved or closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct SlaClock {
    pub first_response: Target,
    /// When it was given.
    pub first_response_at: Option<DateTime<Utc>>,
    pub resolution: Target,
    /// Since when the clock stands still.
    pub paused_since: Option<DateTime<Utc>>,
}

impl SlaClock {
    /// Starts to run.
    #[must_use]
    pub fn start(priority: Priority, at: DateTime<Utc>) -> Self {
        let level = priority.service_level();
        Self {
            first_response: Target { due_at: at + level.first_response, breached_at: None },
            first_response_at: None,
            resolution: Target { due_at: at + level.resolution, breached_at: None },
            paused_since: None,
        }
    }

    /// Goes on to `at`, where something happens; never goes back.
    pub(super) fn apply(&mut self, change: HistoryChange, at: DateTime<Utc>) {
        self.run_to(at);
        match change {
            HistoryChange::Opened(_) | HistoryChange::Assigned { .. } => {}
            HistoryChange::Status { to, .. } => match (self.paused_since, to.clock_runs()) {
                (None, false) => self.paused_since = Some(at),
                (Some(since), true) => {
                    self.paused_since = None;
                    self.shift(at - since, at - since);
                }
                _ => {}
            },
            HistoryChange::Priority { from, to } => {
                let (from, to) = (from.service_level(), to.service_level());
                self.shift(to.first_response - from.first_response, to.resolution - from.resolution);
            }
            HistoryChange::Answered => {
                self.first_response_at.get_or_insert(at);
            }
        }
        // A target that now lies in the past is missed by the change, not by the time before it.
        for target in self.running_targets() {
            if target.due_at < at {
                target.breached_at = Some(at);
            }
        }
    }

    /// The same clock at `now`, with what was missed by then noted.
    #[must_use]
    pub fn at(mut self, now: DateTime<Utc>) -> Self {
        self.run_to(now);
        self
    }

    /// What is missed here and was not yet in `before`.
    #[must_use]
    pub fn missed_since(&self, before: &Self) -> Vec<Missed> {
        let both = [
            (SlaTarget::FirstResponse, self.first_response, before.first_response),
            (SlaTarget::Resolution, self.resolution, before.resolution),
        ];
        let missed =
            both.into_iter().filter(|(_, now, before)| now.breached_at.is_some() && before.breached_at.is_none());
        missed.map(|(target, now, _)| Missed { target, due_at: now.due_at }).collect()
    }

    /// After which instant something will be missed, if nothing happens before.
    #[must_use]
    pub fn next_breach_at(&self) -> Option<DateTime<Utc>> {
        let mut clock = *self;
        clock.running_targets().map(|target| target.due_at).min()
    }

    fn run_to(&mut self, at: DateTime<Utc>) {
        for target in self.running_targets() {
            if target.due_at < at {
                target.breached_at = Some(target.due_at);
            }
        }
    }

    /// What can still be missed as things stand.
    fn running_targets(&mut self) -> impl Iterator<Item = &mut Target> {
        let runs = self.paused_since.is_none();
        self.open_targets().filter(move |_| runs)
    }

    /// What was neither met nor missed. A resolution is not met for good: the ticket may be reopened.
    fn open_targets(&mut self) -> impl Iterator<Item = &mut Target> {
        let answered = self.first_response_at.is_some();
        let first = Some(&mut self.first_response).filter(|target| !answered && target.breached_at.is_none());
        let resolution = Some(&mut self.resolution).filter(|target| target.breached_at.is_none());
        first.into_iter().chain(resolution)
    }

    fn shift(&mut self, first_response: TimeDelta, resolution: TimeDelta) {
        let answered = self.first_response_at.is_some();
        if !answered && self.first_response.breached_at.is_none() {
            self.first_response.due_at += first_response;
        }
        if self.resolution.breached_at.is_none() {
            self.resolution.due_at += resolution;
        }
    }
}

#[cfg(test)]
#[path = "sla_tests.rs"]
mod tests;
