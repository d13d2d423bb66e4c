//! Parts ordering through Capricorn: search, stock, quotes, orders and their reconciliation.
//!
//! [`domain`] has the types and rules, [`repository`] the ports; whoever supplies parts is behind [`PartsSupplier`].
#![deny(missing_docs)]

pub mod client;
pub mod domain;
mod error;
pub mod events;
pub mod repository;
pub mod service;
pub mod store;
#[cfg(test)]
mod test_orders;

pub use client::{CapricornClient, ClientSettings};
pub use error::CapricornError;
pub use repository::PartsSupplier;
