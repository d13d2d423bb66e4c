//! Plans, and what tenants have used of them.

pub(super) mod dto;
mod get;
mod plans;

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
        .add(operation!(get, admin::UsageRead))
        .add_own("getOwnQuota", "Own tenant", operation!(get, tenant::UsageRead))
        .add(operation!(plans));
}
