//! A workshop's people, as staff manage them.

pub(in crate::routes) mod add;
pub(in crate::routes) mod dto;
mod erase;
mod get;
mod invitation;
pub(in crate::routes) mod list;
mod remove;
mod transfer_ownership;
pub(in crate::routes) mod update;

use crate::{http::Routes, operation};

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    routes
        .add(operation!(list))
        .add(operation!(add))
        .add(operation!(get))
        .add(operation!(update))
        .add(operation!(remove))
        .add(operation!(erase))
        .add(operation!(transfer_ownership))
        .add(operation!(invitation::resend))
        .add(operation!(invitation::revoke));
}
