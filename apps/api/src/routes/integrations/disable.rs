use actix_web::web;
use auth::PermissionMarker;
use integrations::{domain::IntegrationType, service::Integrations};

use super::dto::{DisabledIntegrationAnswer, disabled};
use crate::http::{Answer, Context, IfMatch, PathText, Problem, Require, TargetTenant};

/// Disable an integration
///
/// It stays, with its credentials, to be enabled again by PATCH with `isActive`. With `If-Match`, only if nobody else
/// has changed it since.
#[utoipa::path(
    delete, path = "/admin/tenants/{id}/integrations/{type}", operation_id = "disableIntegration", tag = "Integrations",
    params(
        ("id" = uuid::Uuid, Path, description = "The tenant"),
        ("type" = String, Path, description = "The connection's type", example = "CAPRICORN_EDI"),
    ),
    responses((status = 200, description = "The disabled connection", body = DisabledIntegrationAnswer))
)]
pub async fn handle<P: PermissionMarker>(
    _: Require<P>,
    context: Context,
    tenant: TargetTenant,
    kind: PathText<IntegrationType>,
    if_match: IfMatch,
    integrations: web::Data<Integrations>,
) -> Result<Answer, Problem> {
    disabled(integrations.disable(&context, tenant.id, kind.0, &if_match).await?)
}
