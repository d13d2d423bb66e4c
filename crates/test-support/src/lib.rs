//! What tests of all crates need: throw-away databases on both engines ([`TestDatabase`],
//! [`on_each_database`]), a clock that stands still ([`FixedClock`]), randomness that repeats
//! ([`SeededEntropy`]), audit trails and outboxes that remember ([`Recorder`], [`TrailTable`]), waiting for what others do ([`eventually`]), a line to PostgreSQL that breaks ([`Proxy`]) and a
//! transactor that tells what became of its transactions
//! ([`RecordingTransactor`]).
//!
//! A development dependency only; nothing here goes into the server.
#![deny(missing_docs)]
#![expect(clippy::panic, clippy::unwrap_used, reason = "in a test a panic is the right answer to whatever goes wrong")]

mod clock;
mod database;
mod entropy;
mod eventually;
mod proxy;
mod pushed;
mod recorder;
mod trail_table;
mod transactor;

pub use clock::FixedClock;
pub use database::{TestDatabase, count_rows, on_each_database, run_sql};
pub use entropy::SeededEntropy;
pub use eventually::{eventually, within};
pub use proxy::Proxy;
pub use pushed::PushedItems;
pub use recorder::Recorder;
pub use trail_table::TrailTable;
pub use transactor::RecordingTransactor;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
