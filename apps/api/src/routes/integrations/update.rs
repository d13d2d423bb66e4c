use actix_web::web;
use auth::PermissionMarker;
use integrations::{
    domain::{CredentialsInput, IntegrationPatch, IntegrationPatchInput, IntegrationType, WebhookSchemes},
    service::Integrations,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::dto::{IntegrationAnswer, answer};
use crate::http::{Answer, Context, IfMatch, Json, PathText, Problem, Require, TargetTenant, given};

/// Changes to a connection: what is left out stays, of the credentials too.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateIntegrationBody {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 120)]
    name: Option<Option<String>>,
    /// New values of those that are named. After a quarantine, all of them: `{}` of a CUSTOM_WEBHOOK.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = BTreeMap<String, String>, required = false, example = json!({ "apiKey": "cap_live_5678" }))]
    credentials: Option<Option<CredentialsInput>>,
    /// Of CUSTOM_WEBHOOK only.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 2048)]
    webhook_url: Option<Option<String>>,
    /// Whether to use it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    is_active: Option<Option<bool>>,
}

impl UpdateIntegrationBody {
    fn into_command(self, kind: IntegrationType, schemes: WebhookSchemes) -> Result<IntegrationPatch, Problem> {
        let input = IntegrationPatchInput {
            name: self.name,
            credentials: self.credentials,
            webhook_url: self.webhook_url,
            is_active: self.is_active,
        };
        IntegrationPatch::parse(kind, input, schemes).map_err(Problem::validation)
    }
}

/// Update an integration
///
/// A disabled one is enabled again by `isActive`. One in quarantine takes a whole set of credentials and is of use
/// again; a CUSTOM_WEBHOOK gets a new `signingSecret` then, which this answer shows. With `If-Match`, only if nobody
/// else has changed it since.
#[utoipa::path(
    patch, path = "/admin/tenants/{id}/integrations/{type}", operation_id = "updateIntegration", tag = "Integrations",
    params(
        ("id" = uuid::Uuid, Path, description = "The tenant"),
        ("type" = String, Path, description = "The connection's type", example = "CAPRICORN_EDI"),
    ),
    request_body = UpdateIntegrationBody,
    responses((status = 200, description = "The changed connection", body = IntegrationAnswer))
)]
pub async fn handle<P: PermissionMarker>(
    _: Require<P>,
    context: Context,
    tenant: TargetTenant,
    kind: PathText<IntegrationType>,
    if_match: IfMatch,
    body: Json<UpdateIntegrationBody>,
    integrations: web::Data<Integrations>,
) -> Result<Answer, Problem> {
    let patch = body.into_inner().into_command(kind.0, integrations.schemes())?;
    answer(integrations.update(&context, tenant.id, kind.0, &if_match, patch).await?)
}
