//! Workshops, as staff manage them.

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

use crate::{http::Routes, operation};

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    routes
        .add(operation!(list))
        .add(operation!(create))
        .add(operation!(get))
        .add(operation!(by_subdomain))
        .add(operation!(update))
        .add(operation!(delete))
        .add(operation!(restore))
        .add(operation!(suspend))
        .add(operation!(reactivate));
    subscription::configure(routes);
    users::configure(routes);
}
