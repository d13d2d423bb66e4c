//! What workshops use, as staff record and read it.

pub(super) mod dto;
mod read;
mod record;

use crate::{http::Routes, operation};

pub(super) use read::{Filters, UsageList, page};

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    routes.add(operation!(read)).add(operation!(record));
}
