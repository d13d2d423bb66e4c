//! Addresses that nothing is sent to.

mod add;
mod dto;
mod list;
mod remove;
mod remove_by_query;

use crate::{http::Routes, operation};

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    routes.add(operation!(list)).add(operation!(add)).add(operation!(remove));
    routes.add(operation!(remove_by_query));
}
