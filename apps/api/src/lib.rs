//! The NextCRM back end: the HTTP shell and the command line around the domain crates.
//!
//! Start reading at [`composition`] (what is built from what), [`routes`] (what is served) and
//! docs/adding-an-endpoint.md.

pub mod adapters;
pub mod app;
pub mod cli;
pub mod composition;
pub mod config;
pub mod error_codes;
pub mod http;
pub mod logging;
pub mod openapi;
pub mod permission_docs;
pub mod private;
pub mod routes;
pub mod serve;
pub mod workflows;

#[cfg(doctest)]
#[doc = include_str!("../../../docs/adding-an-endpoint.md")]
pub struct AddingAnEndpoint;

#[cfg(doctest)]
#[doc = include_str!("../../../docs/adding-a-principal.md")]
pub struct AddingAPrincipal;

#[cfg(doctest)]
#[doc = include_str!("../../../docs/adding-a-crate.md")]
pub struct AddingACrate;
