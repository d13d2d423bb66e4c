use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// Where a ticket stands.
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
pub enum Status {
    /// Nobody has begun, or it was reopened.
    Open,
    /// Staff work on it.
    InProgress,
    /// The workshop must answer first; the clock is paused.
    WaitingForCustomer,
    /// Staff think that it is done; the workshop may think otherwise.
    Resolved,
    /// Done.
    Closed,
}

/// How long after its closing a ticket can still be reopened, the last instant included.
pub const REOPEN_WITHIN: TimeDelta = TimeDelta::days(14);

/// Why a ticket's state forbids what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The state machine has no such step.
    #[error("the ticket cannot go from {from} to {to}")]
    NoSuchStep {
        /// Where it stands.
        from: Status,
        /// Where it was to go.
        to: Status,
    },
    /// It was closed more than 14 days ago.
    #[error("the ticket was closed more than 14 days ago; open a new one")]
    TooLate,
    /// It was merged into another, which goes on in its place.
    #[error("the ticket was merged into another one")]
    Merged,
    /// Nothing is said and nobody assigned on a closed ticket.
    #[error("the ticket is closed; reopen it first")]
    Closed,
}

impl Status {
    /// Whether there is a step from here to there. Staying is none.
    ///
    /// | from | to |
    /// | --- | --- |
    /// | OPEN | IN_PROGRESS, WAITING_FOR_CUSTOMER, RESOLVED, CLOSED |
    /// | IN_PROGRESS | WAITING_FOR_CUSTOMER, RESOLVED, CLOSED |
    /// | WAITING_FOR_CUSTOMER | IN_PROGRESS, RESOLVED, CLOSED |
    /// | RESOLVED | CLOSED, OPEN |
    /// | CLOSED | OPEN (for 14 days) |
    #[must_use]
    pub const fn may_become(self, to: Self) -> bool {
        use Status::{Closed, InProgress, Open, Resolved, WaitingForCustomer};
        match self {
            Open => matches!(to, InProgress | WaitingForCustomer | Resolved | Closed),
            InProgress => matches!(to, WaitingForCustomer | Resolved | Closed),
            WaitingForCustomer => matches!(to, InProgress | Resolved | Closed),
            Resolved => matches!(to, Closed | Open),
            Closed => matches!(to, Open),
        }
    }

    /// Whether the service level's clock runs: while it is staff's turn.
    #[must_use]
    pub const fn clock_runs(self) -> bool {
        matches!(self, Self::Open | Self::InProgress)
    }

    /// Whether there is still something to do, whoever must do it.
    #[must_use]
    pub const fn is_active(self) -> bool {
        !matches!(self, Self::Resolved | Self::Closed)
    }

    /// Where a message of the workshop moves a ticket: an answer that was waited for is worked on, and who is not
    /// content with what was resolved opens it again. Nothing can be said on a closed one.
    ///
    /// # Errors
    /// [`Refusal::Closed`].
    pub const fn after_customer_message(self) -> Result<Self, Refusal> {
        match self {
            Self::Open | Self::InProgress => Ok(self),
            Self::WaitingForCustomer => Ok(Self::InProgress),
            Self::Resolved => Ok(Self::Open),
            Self::Closed => Err(Refusal::Closed),
        }
    }
}

#[cfg(test)]
mod tests {
    use Status::{Closed, InProgress, Open, Resolved, WaitingForCustomer};
    use kernel::input::Word as _;

    use super::*;

    #[test]
    fn the_state_machine() {
        let next = |from: Status| Status::ALL.iter().copied().filter(|to| from.may_become(*to)).collect::<Vec<_>>();
        assert_eq!(next(Open), [InProgress, WaitingForCustomer, Resolved, Closed]);
        assert_eq!(next(InProgress), [WaitingForCustomer, Resolved, Closed]);
        assert_eq!(next(WaitingForCustomer), [InProgress, Resolved, Closed]);
        assert_eq!(next(Resolved), [Open, Closed]);
        assert_eq!(next(Closed), [Open]);
    }

    #[test]
    fn what_a_workshops_message_does() {
        let after: Vec<_> = Status::ALL.iter().map(|status| status.after_customer_message()).collect();
        assert_eq!(after, [Ok(Open), Ok(InProgress), Ok(InProgress), Ok(Open), Err(Refusal::Closed)]);
        // Wherever it moves a ticket, the machine has the step.
        for (from, to) in Status::ALL.iter().zip(after) {
            assert!(to.is_err() || to == Ok(*from) || to.is_ok_and(|to| from.may_become(to)), "{from}");
        }
    }

    #[test]
    fn the_clock_runs_while_it_is_staffs_turn() {
        let running: Vec<_> = Status::ALL.iter().copied().filter(|it| it.clock_runs()).collect();
        assert_eq!(running, [Open, InProgress]);
        let active: Vec<_> = Status::ALL.iter().copied().filter(|it| it.is_active()).collect();
        assert_eq!(active, [Open, InProgress, WaitingForCustomer]);
    }
}
