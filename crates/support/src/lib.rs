//! Tickets of workshops, what is said about them, who works on them, and whether that happens in
//! time.
//!
//! [`service`] has the use cases, for staff and for workshops; [`repository`] the ports that they need;
//! [`store`] the ports' database side. What must hold, and how to add to it, is told in this crate's README.
#![deny(missing_docs)]

mod builder;
mod directory;
pub mod domain;
mod error;
pub mod events;
pub mod repository;
pub mod service;
pub mod store;

pub use builder::{Support, SupportBuilder};
pub use directory::Directory;
pub use error::SupportError;

/// The README's example, kept working.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
