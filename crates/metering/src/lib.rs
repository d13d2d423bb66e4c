//! What tenants use: points as they are recorded and sums of them, requests counted against the plan's limit, and
//! the levels of a quota that somebody wants to know of.
//!
//! [`service`] has the use cases, [`repository`] the ports that they need, [`store`] the ports' database side. What must
//! hold, and how to add to it, is told in this crate's README.
#![deny(missing_docs)]

mod builder;
pub mod domain;
mod error;
pub mod events;
pub mod repository;
pub mod service;
pub mod store;

pub use builder::{Metering, MeteringBuilder};
pub use error::MeteringError;

/// The README's example, kept working.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
