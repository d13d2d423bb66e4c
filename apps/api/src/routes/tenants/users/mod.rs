//! A workshop's people, as staff manage them.

mod add;
mod dto;
mod get;
mod list;
mod remove;
mod update;

pub(super) use dto::UserDto;

use crate::{http::Routes, operation};

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    routes
        .add(operation!(list))
        .add(operation!(add))
        .add(operation!(get))
        .add(operation!(update))
        .add(operation!(remove));
}
