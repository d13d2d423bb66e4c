//! A workshop's connections to other services, as its people manage them.

mod create;
mod disable;
mod get;
mod list;
mod update;

use crate::{http::Routes, operation};

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    routes
        .add(operation!(list))
        .add(operation!(create))
        .add(operation!(get))
        .add(operation!(update))
        .add(operation!(disable));
}
