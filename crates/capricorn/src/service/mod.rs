//! The use cases.

pub mod orders;

pub use orders::{
    Dependencies, OrderQueues, OrderTask, OrderView, OrderWorker, PreparedOrder, StaffOrders, WorkshopOrders,
};
