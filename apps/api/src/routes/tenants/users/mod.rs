//! A tenant's people, as staff and they themselves manage them.

mod add;
pub(in crate::routes) mod dto;
mod erase;
mod get;
mod invitation;
mod list;
mod remove;
mod transfer_ownership;
mod update;

use crate::{
    http::{
        Routes,
        access::{
            admin::{TenantUsersRead, TenantUsersWrite},
            tenant::{UsersRead, UsersWrite},
        },
    },
    operation,
};

/// The tag of what a tenant's own people do.
const OWN: &str = "Own people";

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    routes
        .add(operation!(list, TenantUsersRead))
        .add_own("listOwnUsers", OWN, operation!(list, UsersRead))
        .add(operation!(add, TenantUsersWrite))
        .add_own("addOwnUser", OWN, operation!(add, UsersWrite))
        .add(operation!(get, TenantUsersRead))
        .add_own("getOwnUser", OWN, operation!(get, UsersRead))
        .add(operation!(update, TenantUsersWrite))
        .add_own("updateOwnUser", OWN, operation!(update, UsersWrite))
        .add(operation!(remove, TenantUsersWrite))
        .add_own("removeOwnUser", OWN, operation!(remove, UsersWrite))
        .add(operation!(erase))
        .add(operation!(transfer_ownership, TenantUsersWrite))
        .add_own("transferOwnership", OWN, operation!(transfer_ownership, UsersWrite))
        .add(operation!(invitation::resend, TenantUsersWrite))
        .add_own("resendOwnInvitation", OWN, operation!(invitation::resend, UsersWrite))
        .add(operation!(invitation::revoke, TenantUsersWrite))
        .add_own("revokeOwnInvitation", OWN, operation!(invitation::revoke, UsersWrite));
}
