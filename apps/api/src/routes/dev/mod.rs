//! `/dev/mailbox`: mail that was captured instead of sent. Registered in development only.

mod list;
mod message;
mod page;

use crate::{http::Routes, operation};

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    routes.add_at_root(operation!(list)).add_at_root(operation!(message));
}
