//! The door of a workshop's person: sign-in, refresh, sign-out, sessions.

mod end_session;
mod invitations;
mod login;
mod logout;
mod password;
mod refresh;
mod sessions;
mod user_dto;
mod verify;

use crate::{http::Routes, operation};

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    routes
        .add(operation!(login))
        .add(operation!(refresh))
        .add(operation!(logout))
        .add(operation!(verify))
        .add(operation!(sessions))
        .add(operation!(password::forgot))
        .add(operation!(password::reset))
        .add(operation!(password::change))
        .add(operation!(invitations))
        .add(operation!(end_session));
}
