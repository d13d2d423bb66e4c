//! Tenants' connections to other services: made, shown with masked secrets, changed, put out of use, and opened for
//! whoever talks to the other side.
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

pub use builder::IntegrationsBuilder;
pub use error::IntegrationError;

/// The README's example, kept working.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
