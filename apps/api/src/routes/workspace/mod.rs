//! A workshop's own side: its profile, people, quota and audit trail. Every query takes the token's workshop.

mod audit_logs;
mod dto;
mod get;
mod integrations;
mod quota;
mod tickets;
mod update;
mod usage;
mod users;

use crate::{http::Routes, operation};

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    routes
        .add(operation!(get))
        .add(operation!(update))
        .add(operation!(quota))
        .add(operation!(usage))
        .add(operation!(audit_logs));
    tickets::configure(routes);
    integrations::configure(routes);
    users::configure(routes);
}
