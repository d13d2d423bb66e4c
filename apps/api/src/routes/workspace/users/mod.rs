//! A workshop's people, as they manage each other.

mod add;
mod get;
mod invitation;
mod list;
mod remove;
mod transfer_ownership;
mod update;

use crate::{http::Routes, operation};

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    routes
        .add(operation!(list))
        .add(operation!(add))
        .add(operation!(get))
        .add(operation!(update))
        .add(operation!(remove))
        .add(operation!(transfer_ownership))
        .add(operation!(invitation::resend))
        .add(operation!(invitation::revoke));
}
