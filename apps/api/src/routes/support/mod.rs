//! Tickets: all of them with what is said among staff for staff, and their own for a tenant's people ([`own`]).

mod add_message;
mod assign;
mod assign_next;
mod create;
pub(super) mod dto;
mod get;
pub(super) mod list;
mod merge;
mod messages;
mod own;
mod summary;
mod update;

use crate::{http::Routes, operation};

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    routes.add(operation!(list)).add(operation!(create)).add(operation!(summary)).add(operation!(assign_next));
    routes.add(operation!(get)).add(operation!(update)).add(operation!(assign)).add(operation!(merge));
    routes.add(operation!(messages)).add(operation!(add_message));
    own::configure(routes);
}
