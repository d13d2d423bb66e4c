//! Connections to other services, for the tests about them.

use kernel::TenantId;
use sea_orm::{ConnectionTrait as _, Statement};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tenancy::{
    domain::{
        CredentialsInput, IntegrationPatch, IntegrationPatchInput,
        IntegrationType::{self, CapricornEdi, CustomWebhook},
        NewIntegration, NewIntegrationInput, Plan, WebhookSchemes,
    },
    service::Integrations,
};

use super::World;

pub fn new(kind: IntegrationType, credentials: Value) -> NewIntegration {
    let input = NewIntegrationInput {
        kind: kind.to_string(),
        name: "Ours".to_owned(),
        credentials: Some(CredentialsInput(credentials)),
        webhook_url: (kind == CustomWebhook).then(|| "https://hooks.jo.example/crm".to_owned()),
    };
    NewIntegration::parse(input, WebhookSchemes::HttpsOnly).expect("a right input")
}

pub fn capricorn(key: &str) -> NewIntegration {
    new(CapricornEdi, json!({ "apiKey": key, "customerId": format!("customer-of-{key}") }))
}

pub fn patch(kind: IntegrationType, credentials: Value) -> IntegrationPatch {
    let credentials = Some(Some(CredentialsInput(credentials)));
    let input = IntegrationPatchInput { credentials, ..IntegrationPatchInput::default() };
    IntegrationPatch::parse(kind, input, WebhookSchemes::HttpsOnly).expect("a right input")
}

pub fn active(is_active: bool) -> IntegrationPatch {
    IntegrationPatch { is_active: Some(is_active), ..IntegrationPatch::default() }
}

pub async fn sql(world: &World, statement: &str) {
    let done = test_support::run_sql(&world.db, statement).await.expect("writes");
    assert!(done > 0, "{statement}");
}

/// The only value of a query.
pub async fn text(world: &World, query: &str) -> String {
    let connection = world.db.reader();
    let statement = Statement::from_string(connection.get_database_backend(), query.to_owned());
    let row = connection.query_one_raw(statement).await.expect("reads").expect("a row");
    row.try_get_by_index(0).expect("text")
}

pub async fn api_key(integrations: &Integrations, tenant: TenantId) -> String {
    let opened = integrations.open(tenant, CapricornEdi).await.expect("opens").expect("is in use");
    opened.credentials["apiKey"].expose_secret().to_owned()
}

pub async fn shops<const N: usize>(world: &World) -> [TenantId; N] {
    let mut shops = Vec::new();
    for number in 0..N {
        shops.push(world.open(&format!("shop-{number}"), Plan::Enterprise).await.tenant.id);
    }
    shops.try_into().expect("as many")
}
