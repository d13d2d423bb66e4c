//! What other services tell us, signed by them.

mod resend;

use crate::{http::Routes, operation};

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    routes.add(operation!(resend));
}
