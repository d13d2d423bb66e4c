//! Tenants' connections to other services, as staff and the tenant's own people manage them.

mod create;
mod disable;
pub(super) mod dto;
mod get;
mod list;
mod update;

use crate::{
    http::{
        Routes,
        access::{admin, tenant},
    },
    operation,
};

/// The tag of what a tenant's own people do.
const OWN: &str = "Own integrations";

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    routes
        .add(operation!(list, admin::IntegrationsRead))
        .add_own("listOwnIntegrations", OWN, operation!(list, tenant::IntegrationsRead))
        .add(operation!(create, admin::IntegrationsWrite))
        .add_own("createOwnIntegration", OWN, operation!(create, tenant::IntegrationsWrite))
        .add(operation!(get, admin::IntegrationsRead))
        .add_own("getOwnIntegration", OWN, operation!(get, tenant::IntegrationsRead))
        .add(operation!(update, admin::IntegrationsWrite))
        .add_own("updateOwnIntegration", OWN, operation!(update, tenant::IntegrationsWrite))
        .add(operation!(disable, admin::IntegrationsWrite))
        .add_own("disableOwnIntegration", OWN, operation!(disable, tenant::IntegrationsWrite));
}
