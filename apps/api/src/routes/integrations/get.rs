use actix_web::web;
use auth::PermissionMarker;
use integrations::{domain::IntegrationType, service::Integrations};

use super::dto::{IntegrationAnswer, answer};
use crate::http::{Answer, PathText, Problem, Require, TargetTenant};

/// Get an integration
///
/// With its secrets masked; disabled or not.
#[utoipa::path(
    get, path = "/admin/tenants/{id}/integrations/{type}", operation_id = "getIntegration", tag = "Integrations",
    params(
        ("id" = uuid::Uuid, Path, description = "The tenant"),
        ("type" = String, Path, description = "The connection's type", example = "CAPRICORN_EDI"),
    ),
    responses((status = 200, description = "The connection", body = IntegrationAnswer))
)]
pub async fn handle<P: PermissionMarker>(
    _: Require<P>,
    tenant: TargetTenant,
    kind: PathText<IntegrationType>,
    integrations: web::Data<Integrations>,
) -> Result<Answer, Problem> {
    answer(integrations.get(tenant.id, kind.0).await?)
}
