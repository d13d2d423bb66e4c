use actix_web::web;
use kernel::TenantId;
use tenancy::{domain::IntegrationType, service::Integrations};

use super::dto::{DisabledIntegrationAnswer, disabled};
use crate::http::{Answer, Context, IfMatch, PathId, PathText, Problem, Require, access::admin};

/// Disable a workshop's connection to another service
///
/// It stays, with its credentials, to be enabled again by PATCH with `isActive`. With `If-Match`, only if nobody else
/// has changed it since.
#[utoipa::path(
    delete, path = "/admin/tenants/{id}/integrations/{type}", operation_id = "disableIntegration", tag = "Integrations",
    params(
        ("id" = uuid::Uuid, Path, description = "The workshop"),
        ("type" = String, Path, description = "The connection's type", example = "CAPRICORN_EDI"),
    ),
    responses((status = 200, description = "The disabled connection", body = DisabledIntegrationAnswer))
)]
pub async fn handle(
    _: Require<admin::IntegrationsWrite>,
    context: Context,
    id: PathId<TenantId>,
    kind: PathText<IntegrationType>,
    if_match: IfMatch,
    integrations: web::Data<Integrations>,
) -> Result<Answer, Problem> {
    disabled(integrations.disable(&context, id.0, kind.0, &if_match).await?)
}
