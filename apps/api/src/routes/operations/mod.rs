//! What operators and developers look at: health, metrics, documentation.

mod docs;
mod docs_errors;
mod docs_file;
mod live;
mod metrics;
mod openapi;
mod ready;

use crate::{config::Environment, http::Routes, operation};

/// Registers the routes.
pub fn configure(routes: &mut Routes, _: Environment) {
    routes
        .add_at_root(operation!(live))
        .add_at_root(operation!(ready))
        .add_at_root(operation!(metrics))
        .add_at_root(operation!(docs))
        .add_at_root(operation!(docs_errors))
        .add_at_root(operation!(docs_file))
        .add(operation!(live))
        .add(operation!(ready))
        .add(operation!(openapi));
}
