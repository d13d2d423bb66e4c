//! The shared tables: outbox, work items, idempotency keys, marks of scheduled jobs, windows of rate limits; and
//! [`batches`], [`keyset`] and [`lease`] for all stores. The only place of this crate with queries; the shell's composition makes these stores, everybody else sees the ports.

mod batches;
mod control;
mod entity;
mod erasure;
mod housekeeping;
mod idempotency;
pub mod keyset;
pub mod lease;
mod marks;
mod outbox;
mod rate_windows;
mod reseal;
mod work_items;

pub use batches::batches;
pub use erasure::{Erasure, as_json, reworded};
pub use housekeeping::Housekeeping;
pub use idempotency::SeaIdempotency;
pub use marks::SeaScheduleMarks;
pub use outbox::SeaOutbox;
pub use rate_windows::SeaRateWindows;
pub use work_items::SeaWorkItems;
