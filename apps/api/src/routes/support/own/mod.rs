//! A tenant's own tickets. Handlers of their own, because other things are asked and done here, by a service that does not know
//! notes among staff.

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
