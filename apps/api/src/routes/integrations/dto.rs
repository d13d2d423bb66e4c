use kernel::input::Word as _;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use integrations::domain::{IntegrationView, SavedIntegration};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    http::{Answer, Problem, TargetTenant},
    routes::sign_in::shown,
};

/// A workshop's connection to another service.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Integration)]
pub struct IntegrationDto {
    id: Uuid,
    tenant_id: Uuid,
    /// CAPRICORN_EDI, STRIPE_PAYMENT, SLACK_NOTIFICATION or CUSTOM_WEBHOOK.
    #[serde(rename = "type")]
    #[schema(example = "CAPRICORN_EDI")]
    kind: &'static str,
    #[schema(example = "Our parts")]
    name: String,
    /// Of each, dots and the last four characters; of a short one the dots alone.
    #[schema(example = json!({ "apiKey": "••••1234", "customerId": "••••" }))]
    credentials: BTreeMap<String, String>,
    /// What is called; of CUSTOM_WEBHOOK only.
    #[schema(required = true, example = "https://hooks.garage.example/crm")]
    webhook_url: Option<String>,
    /// What calls are signed with, as Standard Webhooks has it; of CUSTOM_WEBHOOK only. Masked but for the one answer
    /// that makes it.
    #[schema(required = true, example = "••••4fA=")]
    signing_secret: Option<String>,
    is_active: bool,
    /// When data last came through it.
    #[schema(required = true)]
    last_synced_at: Option<DateTime<Utc>>,
    /// Why the other service refused it when it was last used; null when it did not.
    #[schema(required = true)]
    last_error: Option<String>,
    /// Since when it is out of use because a secret in it is not its own; until its credentials are entered anew.
    #[schema(required = true)]
    quarantined_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// The `ETag`'s number.
    version: i64,
}

impl From<IntegrationView> for IntegrationDto {
    fn from(it: IntegrationView) -> Self {
        Self {
            id: it.id,
            tenant_id: it.tenant_id.uuid(),
            kind: it.kind.as_str(),
            name: it.name.as_str().to_owned(),
            credentials: it.credentials,
            webhook_url: it.webhook_url.map(|url| url.as_str().to_owned()),
            signing_secret: it.signing_secret,
            is_active: it.is_active,
            last_synced_at: it.last_synced_at,
            last_error: it.last_error,
            quarantined_at: it.quarantined_at,
            created_at: it.created_at,
            updated_at: it.updated_at,
            version: it.version,
        }
    }
}

/// A signing secret that was made just now stands in clear.
impl From<SavedIntegration> for IntegrationDto {
    fn from(saved: SavedIntegration) -> Self {
        let dto = Self::from(saved.integration);
        let fresh = saved.signing_secret.as_ref().map(shown);
        Self { signing_secret: fresh.or(dto.signing_secret), ..dto }
    }
}

/// One connection.
#[derive(Serialize, ToSchema)]
pub struct IntegrationAnswer {
    integration: IntegrationDto,
}

/// A connection that was put out of use.
#[derive(Serialize, ToSchema)]
pub struct DisabledIntegrationAnswer {
    message: &'static str,
    integration: IntegrationDto,
}

/// 200 with the connection and its `ETag`.
pub(super) fn answer(integration: impl Into<IntegrationDto>) -> Result<Answer, Problem> {
    let integration = integration.into();
    let version = integration.version;
    Ok(Answer::ok(&IntegrationAnswer { integration })?.etag(version))
}

/// 201 with the connection, its address and its `ETag`.
pub(super) fn created(tenant: &TargetTenant, saved: SavedIntegration) -> Result<Answer, Problem> {
    let integration = IntegrationDto::from(saved);
    let (location, version) = (tenant.location(&format!("integrations/{}", integration.kind)), integration.version);
    Ok(Answer::created(&location, &IntegrationAnswer { integration })?.etag(version))
}

/// 200 with the connection as it was put out of use, and its `ETag`.
pub(super) fn disabled(view: IntegrationView) -> Result<Answer, Problem> {
    let version = view.version;
    let message = "The integration was disabled; it can be enabled again.";
    Ok(Answer::ok(&DisabledIntegrationAnswer { message, integration: view.into() })?.etag(version))
}
