//! What tenants use: staff record it, they and the tenants read it.

pub(super) mod dto;
mod read;
mod record;

use crate::{
    http::{
        Routes,
        access::{admin, tenant},
    },
    operation,
};

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    routes
        .add(operation!(read, admin::UsageRead))
        .add_own("getOwnUsage", "Own tenant", operation!(read, tenant::UsageRead))
        .add(operation!(record));
}
