use actix_web::web;
use tenancy::{domain::IntegrationType, service::Integrations};

use crate::{
    http::{Answer, Context, IfMatch, PathText, Problem, Require, TenantScope, access::tenant},
    routes::integrations::dto::{DisabledIntegrationAnswer, disabled},
};

/// Disable one's own workshop's connection to another service
///
/// It stays, with its credentials, to be enabled again by PATCH with `isActive`. With `If-Match`, only if nobody else
/// has changed it since.
#[utoipa::path(
    delete, path = "/tenant/integrations/{type}", operation_id = "disableOwnIntegration",
    tag = "Workspace integrations",
    params(("type" = String, Path, description = "The connection's type", example = "CAPRICORN_EDI")),
    responses((status = 200, description = "The disabled connection", body = DisabledIntegrationAnswer))
)]
pub async fn handle(
    _: Require<tenant::IntegrationsWrite>,
    scope: TenantScope,
    context: Context,
    kind: PathText<IntegrationType>,
    if_match: IfMatch,
    integrations: web::Data<Integrations>,
) -> Result<Answer, Problem> {
    disabled(integrations.disable(&context, scope.0, kind.0, &if_match).await?)
}
