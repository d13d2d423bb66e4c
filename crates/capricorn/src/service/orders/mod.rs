//! Orders: [`WorkshopOrders`] is for a workshop's people, [`StaffOrders`] for staff; [`OrderWorker`] sends
//! orders, finds out about lost answers and follows what was sent.

mod announce;
mod cancel;
mod dependencies;
mod edit;
mod invoice;
mod place;
mod read;
mod review;
mod tasks;
#[cfg(test)]
mod test_ports;
mod waiters;
mod worker;

pub use dependencies::Dependencies;
pub use place::PreparedOrder;
pub use tasks::{FOLLOW_QUEUE, OrderQueues, OrderTask, SUBMIT_QUEUE, Work};
pub use waiters::Waiters;
pub use worker::OrderWorker;

use kernel::TenantUserId;

use crate::domain::Order;

/// An order as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderView {
    /// The order.
    pub order: Order,
    /// Who placed it.
    pub placed_by: Option<PlacedBy>,
}

/// Who placed an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedBy {
    /// One of the workshop's people.
    pub id: TenantUserId,
    /// First and last name; `None` when they were erased.
    pub name: Option<String>,
}

/// What a workshop's people do with orders.
#[derive(Debug, Clone)]
pub struct WorkshopOrders {
    deps: Dependencies,
}

impl WorkshopOrders {
    /// Over these dependencies.
    #[must_use]
    pub fn new(deps: Dependencies) -> Self {
        Self { deps }
    }
}

/// What staff do with orders.
#[derive(Debug, Clone)]
pub struct StaffOrders {
    deps: Dependencies,
}

impl StaffOrders {
    /// Over these dependencies.
    #[must_use]
    pub fn new(deps: Dependencies) -> Self {
        Self { deps }
    }
}
