use actix_web::web;
use tenancy::{domain::IntegrationType, service::Integrations};

use crate::{
    http::{Answer, Context, IfMatch, Json, PathText, Problem, Require, TenantScope, access::tenant},
    routes::integrations::{
        UpdateIntegrationBody,
        dto::{IntegrationAnswer, answer},
    },
};

/// Change one's own workshop's connection to another service
///
/// A disabled one is enabled again by `isActive`. One in quarantine takes a whole set of credentials and is of use
/// again; a CUSTOM_WEBHOOK gets a new `signingSecret` then, which this answer shows. With `If-Match`, only if nobody
/// else has changed it since.
#[utoipa::path(
    patch, path = "/tenant/integrations/{type}", operation_id = "updateOwnIntegration", tag = "Workspace integrations",
    params(("type" = String, Path, description = "The connection's type", example = "CAPRICORN_EDI")),
    request_body = UpdateIntegrationBody,
    responses((status = 200, description = "The changed connection", body = IntegrationAnswer))
)]
pub async fn handle(
    _: Require<tenant::IntegrationsWrite>,
    scope: TenantScope,
    context: Context,
    kind: PathText<IntegrationType>,
    if_match: IfMatch,
    body: Json<UpdateIntegrationBody>,
    integrations: web::Data<Integrations>,
) -> Result<Answer, Problem> {
    let patch = body.into_inner().into_command(kind.0, integrations.schemes())?;
    answer(integrations.update(&context, scope.0, kind.0, &if_match, patch).await?)
}
