//! Managing staff.

mod create;
mod deactivate;
mod dto;
mod end_session;
mod end_sessions;
mod erase;
mod get;
mod list;
mod reactivate;
mod reset_password;
mod sessions;
mod update;

use crate::{http::Routes, operation};

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    routes
        .add(operation!(list))
        .add(operation!(create))
        .add(operation!(get))
        .add(operation!(update))
        .add(operation!(deactivate))
        .add(operation!(reactivate))
        .add(operation!(erase))
        .add(operation!(reset_password))
        .add(operation!(sessions))
        .add(operation!(end_sessions))
        .add(operation!(end_session));
}
