//! A stand-in for Capricorn's API: the upstream's half whole, over real HTTP, with a catalogue that is the same for
//! the same seed, stock that moves, orders that go their way on a clock that can be sped up, and faults to switch on.
//! Tests and development start it in-process ([`Sandbox::start`]); `capricorn-sandbox` is the program.
//!
//! Everything is in memory and gone when it stops.
#![deny(missing_docs)]

mod calls;
pub mod catalogue;
mod chance;
mod clock;
mod faults;
mod http;
mod invoice;
mod money;
mod options;
mod orders;
mod running;
mod state;
mod stock;

pub use calls::Call;
pub use chrono::TimeDelta;
pub use faults::{Fault, FaultRule, NewFault, Operation};
pub use money::AmountStyle;
pub use options::{ApiKey, SandboxOptions};
pub use orders::{Order, OrderLine, OrderStatus};
pub use running::{RunningSandbox, Sandbox, StartError};
pub use stock::{Stock, WAREHOUSES, Warehouse, WarehouseStock};

/// Runs the README's example with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
