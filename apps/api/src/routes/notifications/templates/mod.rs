//! What is sent, to look at.

mod list;
mod preview;

use crate::{http::Routes, operation};

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    routes.add(operation!(list)).add(operation!(preview));
}
