use actix_web::web;
use tenancy::service::Integrations;

use crate::{
    http::{Answer, Context, Idempotent, Json, Problem, Require, TenantScope, access::tenant},
    routes::integrations::{
        CreateIntegrationBody,
        dto::{IntegrationAnswer, created},
    },
};

/// Connect one's own workshop to another service
///
/// One of each type (409 CONFLICT for a second one, be the first disabled). Of a CUSTOM_WEBHOOK this answer shows the
/// `signingSecret`; no later one does.
#[utoipa::path(
    post, path = "/tenant/integrations", operation_id = "createOwnIntegration", tag = "Workspace integrations",
    request_body = CreateIntegrationBody,
    responses((status = 201, description = "The new connection", body = IntegrationAnswer))
)]
pub async fn handle(
    _: Require<tenant::IntegrationsWrite>,
    scope: TenantScope,
    context: Context,
    key: Idempotent,
    body: Json<CreateIntegrationBody>,
    integrations: web::Data<Integrations>,
) -> Result<Answer, Problem> {
    let new = body.into_inner().into_command(integrations.schemes())?;
    key.once(async |tx| {
        let saved = integrations.enable_in(tx, &context, scope.0, new).await?;
        created("/api/tenant/integrations", saved)
    })
    .await
}
