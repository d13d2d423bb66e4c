use std::sync::{Arc, Mutex};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use kernel::StoreError;
use sea_orm::DbErr;
use serde_json::json;
use test_support::Recorder;

use super::*;
use crate::{
    repository::MockIntegrationRepository,
    service::test_fixture::{
        CUSTOMER, KEY, capricorn, check_silence, clear, context, new, ring, service, service_with, tenant, there,
    },
};

/// A store that keeps what it is given.
fn keeping() -> (MockIntegrationRepository, Arc<Mutex<Option<Integration>>>) {
    let mut store = MockIntegrationRepository::new();
    let fixture = Arc::new(Mutex::new(None));
    let slot = Arc::clone(&fixture);
    store.expect_insert_in().once().returning(move |_, integration| {
        *slot.lock().expect("not poisoned") = Some(integration.clone());
        Ok(())
    });
    (store, fixture)
}

#[tokio::test]
async fn credentials_are_kept_sealed_and_shown_masked() {
    let (store, row) = keeping();
    let (integrations, fixture) = service(store);
    let saved = integrations.enable(&context(), tenant(), capricorn()).await.expect("enables");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
    assert_eq!(fixture.recorded(), (vec!["INTEGRATION_ENABLED"], vec!["integration.enabled.v1"]));

    let shown = &saved.integration;
    assert_eq!(shown.credentials["apiKey"], "••••1234");
    assert_eq!(shown.credentials["customerId"], "••••4711");
    assert!(saved.signing_secret.is_none() && shown.signing_secret.is_none() && shown.is_active);

    let row = row.lock().expect("not poisoned").clone().expect("a row");
    for (field, secret) in [("apiKey", KEY), ("customerId", CUSTOMER)] {
        let text = row.credentials[field].as_str();
        assert!(text.starts_with("v1.k1.") && !text.contains(secret), "the key's id is kept with it");
    }
    let opened = sealing::open(&ring(), &row).map_err(|error| error.to_string()).expect("opens");
    assert_eq!(clear(opened.credentials.get("apiKey")), KEY);
    check_silence(&fixture, &[&saved, &row, &integrations]);
}

#[tokio::test]
async fn the_trail_tells_what_was_entered_but_not_its_value() {
    let (store, _) = keeping();
    let (integrations, fixture) = service(store);
    let saved = integrations.enable(&context(), tenant(), new("CUSTOM_WEBHOOK", json!({}))).await.expect("enables");
    let entries = fixture.recorder.entries();
    let entry = &entries[0];
    assert_eq!((entry.resource, entry.status_code, entry.tenant_id), ("integration", 201, Some(tenant())));
    assert_eq!(entry.resource_id, Some(saved.integration.id.to_string()));
    let secret = json!({ "from": "[redacted]", "to": "[changed]" });
    let expected = json!({
        "type": { "from": null, "to": "CUSTOM_WEBHOOK" },
        "name": { "from": null, "to": "Ours" },
        "webhookUrl": secret,
        "signingSecret": secret,
    });
    assert_eq!(entry.changes.to_value(), expected);
    let events = fixture.recorder.events();
    assert_eq!(events[0].payload, json!({ "type": "CUSTOM_WEBHOOK" }));
    assert_eq!((&events[0].subject, events[0].tenant_id), (&saved.integration.id.to_string(), Some(tenant())));
}

#[tokio::test]
async fn a_webhooks_signing_secret_is_shown_this_once() {
    let (store, row) = keeping();
    let (integrations, fixture) = service(store);
    let saved = integrations.enable(&context(), tenant(), new("CUSTOM_WEBHOOK", json!({}))).await.expect("enables");
    let secret = clear(saved.signing_secret.as_ref());
    let bytes = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").expect("a prefix")).expect("base64");
    assert_eq!(bytes.len(), 32);
    let end = &secret[secret.len() - 4..];
    assert_eq!(saved.integration.signing_secret, Some(format!("••••{end}")));
    let row = row.lock().expect("not poisoned").clone().expect("a row");
    let opened = sealing::open(&ring(), &row).map_err(|error| error.to_string()).expect("opens");
    assert_eq!(clear(opened.signing_secret.as_ref()), secret);
    check_silence(&fixture, &[&saved, &row]);
}

#[tokio::test]
async fn a_second_one_of_a_type_leaves_nothing() {
    let mut store = MockIntegrationRepository::new();
    store.expect_insert_in().once().returning(|_, _| {
        let constraint = "uq_tenant_integrations_tenant_id_type".to_owned();
        Err(StoreError::Unique { constraint, source: DbErr::Custom("taken".to_owned()) })
    });
    let (integrations, fixture) = service(store);
    let taken = integrations.enable(&context(), tenant(), capricorn()).await;
    assert!(matches!(taken, Err(IntegrationError::Exists)), "{taken:?}");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK"]);
    assert_eq!(fixture.recorded(), (vec![], vec![]));
}

#[tokio::test]
async fn without_its_entry_nothing_is_kept() {
    let (store, _) = keeping();
    let (integrations, fixture) = service_with(store, there(), Recorder::with_broken_trail(), ring());
    let failed = integrations.enable(&context(), tenant(), capricorn()).await;
    assert!(matches!(failed, Err(IntegrationError::Store(_))), "{failed:?}");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK"]);
}
