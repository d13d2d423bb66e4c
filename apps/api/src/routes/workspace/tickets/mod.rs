//! A workshop's own tickets. Notes among staff are nowhere here: the service behind it does not know them.

mod add_message;
mod close;
mod create;
mod get;
mod list;
mod messages;
mod reopen;

use crate::{http::Routes, operation};

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    routes.add(operation!(list)).add(operation!(create)).add(operation!(get)).add(operation!(add_message));
    routes.add(operation!(messages)).add(operation!(close)).add(operation!(reopen));
}
