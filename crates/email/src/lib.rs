//! Transactional mail: templates, delivery through a mailer port, and the log of what was sent to whom.
//!
//! [`domain`] has the templates and what may become of a message, [`mailer`] those who carry it, [`service`] the use
//! cases, [`repository`] the ports that they need, [`store`] the ports' database side. What must hold, and how to add to
//! it, is told in this crate's README.
#![deny(missing_docs)]

mod builder;
pub mod domain;
mod error;
pub mod mailer;
pub mod repository;
pub mod service;
pub mod store;
pub mod webhook;

pub use builder::{Email, EmailBuilder};
pub use error::EmailError;

/// The README's example, kept working.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
