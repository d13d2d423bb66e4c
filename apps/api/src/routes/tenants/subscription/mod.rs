//! What a workshop has agreed to pay.

mod dto;
mod get;
mod put;

pub(super) use dto::SubscriptionDto;

use crate::{http::Routes, operation};

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    routes.add(operation!(get)).add(operation!(put));
}
