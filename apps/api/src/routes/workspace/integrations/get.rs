use actix_web::web;
use tenancy::{domain::IntegrationType, service::Integrations};

use crate::{
    http::{Answer, PathText, Problem, Require, TenantScope, access::tenant},
    routes::integrations::dto::{IntegrationAnswer, answer},
};

/// Get one's own workshop's connection to another service
///
/// With its secrets masked; disabled or not.
#[utoipa::path(
    get, path = "/tenant/integrations/{type}", operation_id = "getOwnIntegration", tag = "Workspace integrations",
    params(("type" = String, Path, description = "The connection's type", example = "CAPRICORN_EDI")),
    responses((status = 200, description = "The connection", body = IntegrationAnswer))
)]
pub async fn handle(
    _: Require<tenant::IntegrationsRead>,
    scope: TenantScope,
    kind: PathText<IntegrationType>,
    integrations: web::Data<Integrations>,
) -> Result<Answer, Problem> {
    answer(integrations.get(scope.0, kind.0).await?)
}
