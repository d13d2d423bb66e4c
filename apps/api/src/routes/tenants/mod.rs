//! Tenants, as staff manage them, and as their own people see and change theirs.

mod by_subdomain;
mod create;
mod delete;
pub(super) mod dto;
mod get;
mod list;
mod reactivate;
mod restore;
mod subscription;
mod suspend;
mod update;
pub(super) mod users;
pub(super) mod view_dto;

use self::{
    dto::{OwnTenantAnswer, TenantAnswer},
    update::{UpdateOwnTenantBody, UpdateTenantBody},
    view_dto::{OwnTenantViewAnswer, TenantViewAnswer},
};
use crate::{
    http::{
        Routes, Variant,
        access::{
            admin::{TenantsRead, TenantsWrite},
            tenant::{WorkspaceRead, WorkspaceWrite},
        },
    },
    operation,
};

/// The tag of what a tenant's own people do.
const OWN: &str = "Own tenant";

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    let get_own = Variant::new("getOwnTenant", OWN).answer::<OwnTenantViewAnswer>();
    let update_own = Variant::new("updateOwnTenant", OWN).body::<UpdateOwnTenantBody>().answer::<OwnTenantAnswer>();
    routes
        .add(operation!(list))
        .add(operation!(create))
        .add(operation!(get, TenantsRead, TenantViewAnswer))
        .add_variant(get_own, operation!(get, WorkspaceRead, OwnTenantViewAnswer))
        .add(operation!(by_subdomain))
        .add(operation!(update, TenantsWrite, UpdateTenantBody, TenantAnswer))
        .add_variant(update_own, operation!(update, WorkspaceWrite, UpdateOwnTenantBody, OwnTenantAnswer))
        .add(operation!(delete))
        .add(operation!(restore))
        .add(operation!(suspend))
        .add(operation!(reactivate));
    subscription::configure(routes);
    users::configure(routes);
}
