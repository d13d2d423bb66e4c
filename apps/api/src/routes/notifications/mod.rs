//! The log of mail, the templates, and the addresses that nothing is sent to.

mod dto;
mod get;
mod list;
mod retry;
mod suppressions;
mod templates;

use crate::{http::Routes, operation};

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    routes.add(operation!(list)).add(operation!(get)).add(operation!(retry));
    suppressions::configure(routes);
    templates::configure(routes);
}
