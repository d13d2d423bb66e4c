use actix_web::web;
use auth::PermissionMarker;
use integrations::service::Integrations;
use kernel::{
    input::Word as _,
    page::{Direction, Key, KeyType, Page, Sort},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::dto::IntegrationDto;
use crate::http::{Answer, Listing, NoFilters, Pagination, PagingParams, Problem, Require, SortField, TargetTenant};

/// The one order of the list.
#[derive(Debug, Clone, Copy)]
pub enum ByType {
    /// By type.
    Type,
}

impl SortField for ByType {
    const FIELDS: &'static [(&'static str, Self)] = &[("type", Self::Type)];

    fn default_sort() -> Sort<Self> {
        Sort { field: Self::Type, direction: Direction::Ascending }
    }

    fn key_type(self) -> KeyType {
        KeyType::Text
    }
}

/// A page of a tenant's connections.
#[derive(Serialize, ToSchema)]
pub struct IntegrationList {
    integrations: Vec<IntegrationDto>,
    pagination: Pagination,
}

/// List integrations
///
/// By type, disabled ones included; one of each type at most. Secrets are masked.
#[utoipa::path(
    get, path = "/admin/tenants/{id}/integrations", operation_id = "listIntegrations", tag = "Integrations",
    params(("id" = uuid::Uuid, Path, description = "The tenant"), PagingParams),
    responses((status = 200, description = "A page of connections", body = IntegrationList))
)]
pub async fn handle<P: PermissionMarker>(
    _: Require<P>,
    tenant: TargetTenant,
    list: Listing<NoFilters, ByType>,
    integrations: web::Data<Integrations>,
) -> Result<Answer, Problem> {
    let all = integrations.list(tenant.id).await?;
    let page = Page::cut(all, &list.page, |it| (Key::Text(it.kind.as_str().to_owned()), it.id));
    let (integrations, pagination) = list.answer(page, IntegrationDto::from);
    Answer::ok(&IntegrationList { integrations, pagination })
}
