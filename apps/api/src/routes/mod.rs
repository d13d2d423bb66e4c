//! What is served, an area a folder, a use case a file. docs/adding-an-endpoint.md shows how to add one.

mod admins;
mod audit_logs;
mod dev;
mod integrations;
mod notifications;
mod operations;
mod quotas;
mod sign_in;
mod support;
mod tenants;
mod usage;
mod webhooks;

use crate::{config::Environment, http::Routes};

/// All routes. `environment` decides about the few that exist in development only.
#[must_use]
pub fn all(environment: Environment) -> Routes {
    let mut routes = Routes::new();
    operations::configure(&mut routes, environment);
    sign_in::configure(&mut routes);
    admins::configure(&mut routes);
    audit_logs::configure(&mut routes);
    integrations::configure(&mut routes);
    notifications::configure(&mut routes);
    quotas::configure(&mut routes);
    usage::configure(&mut routes);
    support::configure(&mut routes);
    tenants::configure(&mut routes);
    webhooks::configure(&mut routes);
    if environment.is_development() {
        dev::configure(&mut routes);
    }
    routes
}
