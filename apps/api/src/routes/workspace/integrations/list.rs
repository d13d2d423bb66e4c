use actix_web::web;
use tenancy::service::Integrations;

use crate::{
    http::{Answer, Listing, NoFilters, PagingParams, Problem, Require, TenantScope, access::tenant},
    routes::integrations::{ByType, IntegrationList, dto::IntegrationDto, page},
};

/// List one's own workshop's connections to other services
///
/// By type, disabled ones included; one of each type at most. Secrets are masked.
#[utoipa::path(
    get, path = "/tenant/integrations", operation_id = "listOwnIntegrations", tag = "Workspace integrations",
    params(PagingParams),
    responses((status = 200, description = "A page of connections", body = IntegrationList))
)]
pub async fn handle(
    _: Require<tenant::IntegrationsRead>,
    scope: TenantScope,
    list: Listing<NoFilters, ByType>,
    integrations: web::Data<Integrations>,
) -> Result<Answer, Problem> {
    let page = page(integrations.list(scope.0).await?, &list.page);
    let (integrations, pagination) = list.answer(page, IntegrationDto::from);
    Answer::ok(&IntegrationList { integrations, pagination })
}
