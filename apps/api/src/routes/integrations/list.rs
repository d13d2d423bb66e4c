use actix_web::web;
use kernel::{
    TenantId,
    page::{Direction, Key, KeyType, Page, PageRequest, Sort, Start},
};
use serde::Serialize;
use tenancy::{domain::IntegrationView, service::Integrations};
use utoipa::ToSchema;

use super::dto::IntegrationDto;
use crate::http::{
    Answer, Listing, NoFilters, Pagination, PagingParams, PathId, Problem, Require, SortField, access::admin,
};

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

/// A page of a workshop's connections.
#[derive(Serialize, ToSchema)]
pub struct IntegrationList {
    pub(in crate::routes) integrations: Vec<IntegrationDto>,
    pub(in crate::routes) pagination: Pagination,
}

/// There is one of each type at most, so a page is cut out of all of them. None ever goes, so a cursor's row is there.
pub(in crate::routes) fn page(mut all: Vec<IntegrationView>, request: &PageRequest<ByType>) -> Page<IntegrationView> {
    if request.sort.direction == Direction::Descending {
        all.reverse();
    }
    let total = all.len();
    let begin = match &request.start {
        Start::Offset(offset) => usize::try_from(*offset).unwrap_or(total),
        Start::After(cursor) => all.iter().position(|it| it.id == cursor.id).map_or(total, |at| at + 1),
    };
    let rest = all.into_iter().skip(begin).collect();
    let total = u64::try_from(total).unwrap_or(u64::MAX);
    Page::from_overfetch(rest, request.limit, total, |last| (Key::Text(last.kind.as_str().to_owned()), last.id))
}

/// List a workshop's connections to other services
///
/// By type, disabled ones included; one of each type at most. Secrets are masked.
#[utoipa::path(
    get, path = "/admin/tenants/{id}/integrations", operation_id = "listIntegrations", tag = "Integrations",
    params(("id" = uuid::Uuid, Path, description = "The workshop"), PagingParams),
    responses((status = 200, description = "A page of connections", body = IntegrationList))
)]
pub async fn handle(
    _: Require<admin::IntegrationsRead>,
    id: PathId<TenantId>,
    list: Listing<NoFilters, ByType>,
    integrations: web::Data<Integrations>,
) -> Result<Answer, Problem> {
    let page = page(integrations.list(id.0).await?, &list.page);
    let (integrations, pagination) = list.answer(page, IntegrationDto::from);
    Answer::ok(&IntegrationList { integrations, pagination })
}
