//! `/dev/mailbox`: mail that was captured instead of sent. Registered in development only, and shown
//! only to who asks for this machine by a name of its own.

mod list;
mod local;
mod message;
mod page;

use crate::{http::Routes, operation};

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    routes.add_at_root(operation!(list)).add_at_root(operation!(message));
}
