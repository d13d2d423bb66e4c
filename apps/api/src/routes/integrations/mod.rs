//! Workshops' connections to other services, as staff manage them.

mod create;
mod disable;
pub(super) mod dto;
mod get;
mod list;
mod update;

use crate::{http::Routes, operation};

pub(super) use create::CreateIntegrationBody;
pub(super) use list::{ByType, IntegrationList, page};
pub(super) use update::UpdateIntegrationBody;

/// Registers the routes.
pub fn configure(routes: &mut Routes) {
    routes
        .add(operation!(list))
        .add(operation!(create))
        .add(operation!(get))
        .add(operation!(update))
        .add(operation!(disable));
}
