use actix_web::web;
use kernel::TenantId;
use tenancy::{domain::IntegrationType, service::Integrations};

use super::dto::{IntegrationAnswer, answer};
use crate::http::{Answer, PathId, PathText, Problem, Require, access::admin};

/// Get a workshop's connection to another service
///
/// With its secrets masked; disabled or not.
#[utoipa::path(
    get, path = "/admin/tenants/{id}/integrations/{type}", operation_id = "getIntegration", tag = "Integrations",
    params(
        ("id" = uuid::Uuid, Path, description = "The workshop"),
        ("type" = String, Path, description = "The connection's type", example = "CAPRICORN_EDI"),
    ),
    responses((status = 200, description = "The connection", body = IntegrationAnswer))
)]
pub async fn handle(
    _: Require<admin::IntegrationsRead>,
    id: PathId<TenantId>,
    kind: PathText<IntegrationType>,
    integrations: web::Data<Integrations>,
) -> Result<Answer, Problem> {
    answer(integrations.get(id.0, kind.0).await?)
}
