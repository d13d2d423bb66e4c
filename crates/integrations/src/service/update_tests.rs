use std::sync::{Arc, Mutex};

use kernel::FieldError;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::{
    domain::{CredentialsInput, IntegrationPatchInput, WebhookSchemes},
    repository::MockIntegrationRepository,
    service::{
        sealing,
        test_fixture::{
            ANY, CUSTOMER, Fixture, check_silence, clear, context, ring, service, stored_for, tenant, webhook_for,
        },
    },
};

/// What the store was last told to keep.
type Saved = Arc<Mutex<Option<Integration>>>;

fn fixture_of(row: Integration) -> (Integrations, Fixture, Saved) {
    let mut store = MockIntegrationRepository::new();
    let saved = Saved::default();
    let (found, locked, slot) = (row.clone(), row, Arc::clone(&saved));
    store.expect_find().returning(move |_, _| Ok(Some(found.clone())));
    store.expect_find_for_update().returning(move |_, _, _| Ok(Some(locked.clone())));
    store.expect_update_in().returning(move |_, after, from| {
        *slot.lock().expect("not poisoned") = Some(after.clone());
        Ok(after.version == from + 1)
    });
    let (integrations, fixture) = service(store);
    (integrations, fixture, saved)
}

fn patch(kind: IntegrationType, input: IntegrationPatchInput) -> IntegrationPatch {
    IntegrationPatch::parse(kind, input, WebhookSchemes::HttpsOnly).expect("a right input")
}

fn credentials(kind: IntegrationType, given: Value) -> IntegrationPatch {
    let credentials = Some(Some(CredentialsInput(given)));
    patch(kind, IntegrationPatchInput { credentials, ..IntegrationPatchInput::default() })
}

fn active(is_active: bool) -> IntegrationPatch {
    IntegrationPatch { is_active: Some(is_active), ..IntegrationPatch::default() }
}

fn quarantined(row: Integration) -> Integration {
    Integration { quarantined_at: Some(row.created_at), ..row }
}

fn other_tenant() -> TenantId {
    TenantId(Uuid::from_u128(8))
}

#[tokio::test]
async fn a_given_credential_replaces_one_of_its_name_and_no_other() {
    let kind = IntegrationType::CapricornEdi;
    let (integrations, fixture, saved) = fixture_of(stored_for(tenant()));
    let given = credentials(kind, json!({ "apiKey": "cap_live_S3cretNew5678" }));
    let changed = integrations.update(&context(), tenant(), kind, &ANY, given).await.expect("changes");
    assert_eq!((changed.integration.version, changed.signing_secret.is_none()), (5, true));
    assert_eq!(changed.integration.credentials["apiKey"], "••••5678");
    let row = saved.lock().expect("not poisoned").clone().expect("a row");
    let opened = sealing::open(&ring(), &row).map_err(|error| error.to_string()).expect("opens");
    assert_eq!(clear(opened.credentials.get("customerId")), CUSTOMER);
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
    assert_eq!(fixture.recorded(), (vec!["INTEGRATION_UPDATED"], vec!["integration.updated.v1"]));
    let recorded = fixture.recorder.entries()[0].changes.to_value();
    assert_eq!(recorded, json!({ "credentials.apiKey": { "from": "[redacted]", "to": "[changed]" } }));
    assert_eq!(fixture.recorder.events()[0].payload, json!({ "type": "CAPRICORN_EDI" }));
    check_silence(&fixture, &[&changed, &row]);
}

#[tokio::test]
async fn being_put_out_of_use_and_into_it_is_told_as_such() {
    let kind = IntegrationType::CapricornEdi;
    let (integrations, fixture, _) = fixture_of(stored_for(tenant()));
    let disabled = integrations.disable(&context(), tenant(), kind, &ANY).await.expect("disables");
    assert!(!disabled.is_active && disabled.credentials["apiKey"] == "••••1234", "its secrets stay");
    assert_eq!(fixture.recorded(), (vec!["INTEGRATION_DISABLED"], vec!["integration.disabled.v1"]));
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);

    let out = || Integration { is_active: false, ..stored_for(tenant()) };
    let (integrations, fixture, _) = fixture_of(out());
    integrations.disable(&context(), tenant(), kind, &ANY).await.expect("is disabled");
    assert_eq!(
        (fixture.recorded(), fixture.transactor.log()),
        ((vec![], vec![]), vec!["BEGIN".into(), "ROLLBACK".into()])
    );

    let (integrations, fixture, _) = fixture_of(out());
    let name = Some(Some("Theirs".to_owned()));
    let both = patch(kind, IntegrationPatchInput { name, is_active: Some(Some(true)), ..Default::default() });
    integrations.update(&context(), tenant(), kind, &ANY, both).await.expect("enables");
    let actions = vec!["INTEGRATION_ENABLED", "INTEGRATION_UPDATED"];
    assert_eq!(fixture.recorded(), (actions, vec!["integration.enabled.v1", "integration.updated.v1"]));
}

#[tokio::test]
async fn nothing_changed_leaves_no_trace() {
    let kind = IntegrationType::CapricornEdi;
    let (integrations, fixture, saved) = fixture_of(stored_for(tenant()));
    let same = IntegrationPatch { credentials: credentials(kind, json!({})).credentials, ..active(true) };
    let answer = integrations.update(&context(), tenant(), kind, &ANY, same).await.expect("is the same");
    assert_eq!((answer.integration.version, fixture.recorded()), (4, (vec![], vec![])));
    assert!(saved.lock().expect("not poisoned").is_none());
}

#[tokio::test]
async fn an_old_version_is_not_changed() {
    let kind = IntegrationType::CapricornEdi;
    let (integrations, fixture, saved) = fixture_of(stored_for(tenant()));
    let old = VersionMatch::OneOf(vec![3]);
    let stale = integrations.update(&context(), tenant(), kind, &old, active(false)).await;
    assert!(matches!(stale, Err(IntegrationError::VersionMismatch)), "{stale:?}");
    let stale = integrations.disable(&context(), tenant(), kind, &old).await;
    assert!(matches!(stale, Err(IntegrationError::VersionMismatch)), "{stale:?}");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK", "BEGIN", "ROLLBACK"]);
    assert!(saved.lock().expect("not poisoned").is_none());
}

#[tokio::test]
async fn a_quarantine_ends_with_a_whole_new_set() {
    let kind = IntegrationType::CapricornEdi;
    let (integrations, fixture, saved) = fixture_of(quarantined(stored_for(other_tenant())));
    let half = credentials(kind, json!({ "apiKey": "cap_live_S3cretNew5678" }));
    let refused = integrations.update(&context(), tenant(), kind, &ANY, half).await;
    let Err(IntegrationError::Validation(errors)) = refused else { panic!("{refused:?}") };
    let named: Vec<_> = errors.iter().map(|FieldError { field, code, .. }| format!("{field} {code}")).collect();
    assert_eq!(named, ["credentials.customerId REQUIRED"]);
    assert!(saved.lock().expect("not poisoned").is_none());

    let whole = credentials(kind, json!({ "apiKey": "cap_live_S3cretNew5678", "customerId": "customer-S3cret-1" }));
    let changed = integrations.update(&context(), tenant(), kind, &ANY, whole).await.expect("changes");
    assert_eq!((changed.integration.quarantined_at, changed.integration.is_active), (None, true));
    assert_eq!(changed.integration.credentials["apiKey"], "••••5678");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK", "BEGIN", "COMMIT"]);
    check_silence(&fixture, &[&changed]);
}

#[tokio::test]
async fn a_quarantined_webhook_gets_a_new_signing_secret() {
    let kind = IntegrationType::CustomWebhook;
    let (integrations, fixture, saved) = fixture_of(quarantined(webhook_for(other_tenant())));
    let renamed = IntegrationPatch { name: Some(webhook_for(tenant()).name), ..active(false) };
    let still = integrations.update(&context(), tenant(), kind, &ANY, renamed).await.expect("changes");
    assert!(still.integration.quarantined_at.is_some() && still.signing_secret.is_none());

    let changed = integrations.update(&context(), tenant(), kind, &ANY, credentials(kind, json!({}))).await;
    let changed = changed.expect("changes");
    assert_eq!(changed.integration.quarantined_at, None);
    let row = saved.lock().expect("not poisoned").clone().expect("a row");
    let opened = sealing::open(&ring(), &row).map_err(|error| error.to_string()).expect("opens");
    assert_eq!(clear(opened.signing_secret.as_ref()), clear(changed.signing_secret.as_ref()));
    check_silence(&fixture, &[&changed, &row]);
}

#[tokio::test]
async fn a_foreign_secret_is_noticed_before_it_is_built_on() {
    let kind = IntegrationType::CapricornEdi;
    let (integrations, fixture, saved) = fixture_of(stored_for(other_tenant()));
    integrations.update(&context(), tenant(), kind, &ANY, active(false)).await.expect("changes");
    assert_eq!(fixture.recorded().0, ["INTEGRATION_QUARANTINED", "INTEGRATION_DISABLED"]);
    assert!(saved.lock().expect("not poisoned").is_some());
}
