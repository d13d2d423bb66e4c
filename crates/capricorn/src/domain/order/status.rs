use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::domain::SupplierStatus;

/// How far an order is.
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
pub enum OrderStatus {
    /// About to be sent, or being sent; no earlier try can have reached the supplier.
    Submitting,
    /// It may have been sent, and no answer came.
    SubmitUnknown,
    /// The supplier has it.
    Pending,
    /// It will be sent.
    Confirmed,
    /// Some of it is waited for.
    Backordered,
    /// Some of it was sent.
    PartiallyShipped,
    /// All of it was sent.
    Shipped,
    /// All of it has arrived.
    Delivered,
    /// It will not be sent.
    Cancelled,
    /// The supplier did not take it, or cannot send it.
    Failed,
}

/// What news of a status means for an order that is at another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// There is such a step, or none is needed.
    Forward,
    /// It was there before.
    Back,
    /// There is no such step.
    NotAllowed,
}

impl OrderStatus {
    /// What it means when an order that is here is said to be there.
    ///
    /// | from | to |
    /// | --- | --- |
    /// | SUBMITTING, SUBMIT_UNKNOWN | whatever the supplier says |
    /// | PENDING | all that follow |
    /// | CONFIRMED | BACKORDERED, PARTIALLY_SHIPPED, SHIPPED, DELIVERED, CANCELLED |
    /// | BACKORDERED | CONFIRMED, PARTIALLY_SHIPPED, SHIPPED, DELIVERED, CANCELLED |
    /// | PARTIALLY_SHIPPED | SHIPPED, DELIVERED |
    /// | SHIPPED | DELIVERED |
    /// | DELIVERED, CANCELLED, FAILED | - |
    #[must_use]
    pub const fn step_to(self, to: Self) -> Step {
        match (self, to) {
            (_, Self::Submitting | Self::SubmitUnknown) => Step::NotAllowed,
            (Self::Submitting | Self::SubmitUnknown | Self::Pending, _)
            | (Self::Confirmed | Self::Backordered, Self::Cancelled)
            | (Self::Cancelled, Self::Cancelled)
            | (Self::Failed, Self::Failed) => Step::Forward,
            (Self::Cancelled | Self::Failed, _) | (_, Self::Cancelled | Self::Failed) => Step::NotAllowed,
            (from, to) if from.distance() <= to.distance() => Step::Forward,
            _ => Step::Back,
        }
    }

    /// How far on its way; those that an order may go to and fro between are equally far.
    const fn distance(self) -> u8 {
        match self {
            Self::Submitting | Self::SubmitUnknown => 0,
            Self::Pending => 1,
            Self::Confirmed | Self::Backordered => 2,
            Self::PartiallyShipped => 3,
            Self::Shipped => 4,
            Self::Delivered | Self::Cancelled | Self::Failed => 5,
        }
    }

    /// Whether it is not known yet that the supplier has it.
    #[must_use]
    pub const fn is_limbo(self) -> bool {
        matches!(self, Self::Submitting | Self::SubmitUnknown)
    }

    /// Whether nothing follows.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Delivered | Self::Cancelled | Self::Failed)
    }

    /// The supplier's word; `None` if nobody knows it.
    #[must_use]
    pub const fn of_supplier(status: &SupplierStatus) -> Option<Self> {
        Some(match status {
            SupplierStatus::Pending => Self::Pending,
            SupplierStatus::Confirmed => Self::Confirmed,
            SupplierStatus::Backordered => Self::Backordered,
            SupplierStatus::PartiallyShipped => Self::PartiallyShipped,
            SupplierStatus::Shipped => Self::Shipped,
            SupplierStatus::Delivered => Self::Delivered,
            SupplierStatus::Cancelled => Self::Cancelled,
            SupplierStatus::Failed => Self::Failed,
            SupplierStatus::Unknown(_) => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use OrderStatus::{
        Backordered, Cancelled, Confirmed, Delivered, Failed, PartiallyShipped, Pending, Shipped, SubmitUnknown,
        Submitting,
    };
    use kernel::input::Word as _;

    use super::*;

    fn next(from: OrderStatus) -> Vec<OrderStatus> {
        OrderStatus::ALL.iter().copied().filter(|to| *to != from && from.step_to(*to) == Step::Forward).collect()
    }

    #[test]
    fn the_state_machine() {
        let told = [Pending, Confirmed, Backordered, PartiallyShipped, Shipped, Delivered, Cancelled, Failed];
        assert_eq!(next(Submitting), told);
        assert_eq!(next(SubmitUnknown), told);
        assert_eq!(next(Pending), told[1..]);
        assert_eq!(next(Confirmed), [Backordered, PartiallyShipped, Shipped, Delivered, Cancelled]);
        assert_eq!(next(Backordered), [Confirmed, PartiallyShipped, Shipped, Delivered, Cancelled]);
        assert_eq!(next(PartiallyShipped), [Shipped, Delivered]);
        assert_eq!(next(Shipped), [Delivered]);
        for end in [Delivered, Cancelled, Failed] {
            assert_eq!(next(end), [], "{end}");
        }
    }

    #[test]
    fn what_is_not_forward_is_back_or_against_the_rules() {
        assert_eq!(Delivered.step_to(Shipped), Step::Back);
        assert_eq!(Shipped.step_to(Pending), Step::Back);
        assert_eq!(Confirmed.step_to(Failed), Step::NotAllowed);
        assert_eq!(Shipped.step_to(Cancelled), Step::NotAllowed);
        assert_eq!(Cancelled.step_to(Shipped), Step::NotAllowed);
        for status in OrderStatus::ALL {
            assert_eq!(status.step_to(Submitting), Step::NotAllowed, "{status}");
            assert_eq!(status.step_to(*status) == Step::Forward, !status.is_limbo(), "{status}");
        }
    }

    #[test]
    fn steps_can_be_skipped() {
        // Two steps make one: what was lost between them changes nothing.
        for a in OrderStatus::ALL {
            for b in next(*a) {
                for c in next(b).into_iter().filter(|c| c != a) {
                    assert_eq!(a.step_to(c), Step::Forward, "{a} {b} {c}");
                }
            }
        }
    }
}
