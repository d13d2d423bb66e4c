//! Plans, and what workshops have used of them.

pub(super) mod dto;
mod get;
mod plans;

use crate::{http::Routes, operation};

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    routes.add(operation!(get)).add(operation!(plans));
}
