//! What the other crates run on: the [`Database`] behind [`kernel::Tx`], [row-level scopes](scope),
//! [queues](queue) of work and the delivery of [`events`] by them, [scheduled jobs](jobs), [`refusals`] in the trail, and the
//! [stores](store) of the tables that all crates share.
//!
//! `kernel` has the types and the traits of these things, and knows nothing of how they are done.
#![deny(missing_docs)]

mod database;
pub mod events;
pub mod jobs;
mod maintenance;
mod outage;
mod postgres;
pub mod queue;
mod reader;
pub mod refusals;
mod runtime;
pub mod scope;
mod sqlite;
pub mod store;

pub use database::{Database, DatabaseOptions, Engine};
pub use maintenance::Maintenance;
pub use reader::Reader;
pub use runtime::{Runtime, TracedTrail};
pub use sqlite::SeaOrmTransaction;

/// A reason that is kept: cut to 500 characters and free of what databases and logs choke on.
fn one_line(why: &str) -> String {
    why.chars().filter(|c| !c.is_control()).take(500).collect()
}

/// Runs the README's example with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// Runs the recipe's example with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/adding-a-queue.md")]
struct AddingAQueue;

/// Runs the recipe's example with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/adding-an-event-consumer.md")]
struct AddingAnEventConsumer;
