use actix_web::web;
use auth::PermissionMarker;
use integrations::{
    domain::{CredentialsInput, NewIntegration, NewIntegrationInput, WebhookSchemes},
    service::Integrations,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::dto::{IntegrationAnswer, created};
use crate::http::{Answer, Context, Idempotent, Json, Problem, Require, TargetTenant};

/// A new connection to another service.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateIntegrationBody {
    /// CAPRICORN_EDI, STRIPE_PAYMENT, SLACK_NOTIFICATION or CUSTOM_WEBHOOK.
    #[serde(rename = "type")]
    #[schema(example = "CAPRICORN_EDI")]
    kind: String,
    #[schema(example = "Our parts", max_length = 120)]
    name: String,
    /// CAPRICORN_EDI: `apiKey`, `customerId`; STRIPE_PAYMENT: `secretKey` and, if wanted, `webhookSecret`;
    /// SLACK_NOTIFICATION: `webhookUrl`; CUSTOM_WEBHOOK: none.
    #[schema(
        value_type = Option<BTreeMap<String, String>>,
        example = json!({ "apiKey": "cap_live_1234", "customerId": "4711" })
    )]
    credentials: Option<CredentialsInput>,
    /// What to call; of CUSTOM_WEBHOOK only, which needs it. An address with `https` of a public host.
    #[schema(max_length = 2048)]
    webhook_url: Option<String>,
}

impl CreateIntegrationBody {
    fn into_command(self, schemes: WebhookSchemes) -> Result<NewIntegration, Problem> {
        let input = NewIntegrationInput {
            kind: self.kind,
            name: self.name,
            credentials: self.credentials,
            webhook_url: self.webhook_url,
        };
        NewIntegration::parse(input, schemes).map_err(Problem::validation)
    }
}

/// Create an integration
///
/// One of each type (409 CONFLICT for a second one, be the first disabled). Of a CUSTOM_WEBHOOK this answer shows the
/// `signingSecret`; no later one does.
#[utoipa::path(
    post, path = "/admin/tenants/{id}/integrations", operation_id = "createIntegration", tag = "Integrations",
    params(("id" = uuid::Uuid, Path, description = "The tenant")),
    request_body = CreateIntegrationBody,
    responses((status = 201, description = "The new connection", body = IntegrationAnswer))
)]
pub async fn handle<P: PermissionMarker>(
    _: Require<P>,
    context: Context,
    tenant: TargetTenant,
    key: Idempotent,
    body: Json<CreateIntegrationBody>,
    integrations: web::Data<Integrations>,
) -> Result<Answer, Problem> {
    let new = body.into_inner().into_command(integrations.schemes())?;
    key.once(async |tx| {
        let saved = integrations.enable_in(tx, &context, tenant.id, new).await?;
        created(&tenant, saved)
    })
    .await
}
