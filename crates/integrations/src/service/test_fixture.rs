//! What the unit tests of this service begin with.

use std::sync::Arc;

use kernel::{AdminRole, Caller, Clock, OsEntropy, RequestContext, Subject, TenantId, VersionMatch, sealed::KeyRing};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use test_support::{FixedClock, Recorder, RecordingTransactor, SeededEntropy};
use uuid::Uuid;

use super::{Integrations, sealing::Place};
use crate::{
    domain::{
        CredentialsInput, Integration, IntegrationName, IntegrationType, NewIntegration, NewIntegrationInput,
        SealedText, WebhookSchemes, WebhookUrl,
    },
    repository::{MockIntegrationRepository, MockTenants, TenantState},
    service::Dependencies,
};

pub(super) const ANY: VersionMatch = VersionMatch::Any;
pub(super) const KEY: &str = "cap_live_S3cretApiKey1234";
pub(super) const CUSTOMER: &str = "customer-S3cret-4711";
const OLD: &str = "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const NEW: &str = "k2:ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";

/// The ring that everything here is sealed with.
pub(super) fn ring() -> KeyRing {
    KeyRing::parse(OLD, OsEntropy).expect("a ring")
}

/// A ring without that key.
pub(super) fn other_ring() -> KeyRing {
    KeyRing::parse(NEW, OsEntropy).expect("a ring")
}

pub(super) fn tenant() -> TenantId {
    TenantId(Uuid::from_u128(9))
}

/// The dependencies, and what they record.
pub(super) struct Fixture {
    pub(super) recorder: Arc<Recorder>,
    pub(super) transactor: Arc<RecordingTransactor>,
}

impl Fixture {
    /// Actions and events so far.
    pub(super) fn recorded(&self) -> (Vec<&'static str>, Vec<&'static str>) {
        self.recorder.recorded()
    }
}

/// The service over a workshop that is there, and this store.
pub(super) fn service(store: MockIntegrationRepository) -> (Integrations, Fixture) {
    service_with(store, there(), Recorder::default(), ring())
}

/// A workshop that is there and can be changed.
pub(super) fn there() -> MockTenants {
    let mut tenants = MockTenants::new();
    tenants.expect_exists().returning(|_| Ok(true));
    tenants.expect_lock_in().returning(|_, _| Ok(Some(TenantState { is_deleted: false })));
    tenants
}

pub(super) fn service_with(
    store: MockIntegrationRepository,
    tenants: MockTenants,
    recorder: Recorder,
    ring: KeyRing,
) -> (Integrations, Fixture) {
    let (recorder, transactor) = (Arc::new(recorder), Arc::new(RecordingTransactor::new()));
    let deps = Dependencies {
        transactor: Arc::clone(&transactor) as _,
        integrations: Arc::new(store),
        tenants: Arc::new(tenants),
        audit: Arc::clone(&recorder) as _,
        outbox: Arc::clone(&recorder) as _,
        clock: Arc::new(FixedClock::default()),
        entropy: Arc::new(SeededEntropy::default()),
    };
    (Integrations::new(deps, ring, WebhookSchemes::HttpsOnly), Fixture { recorder, transactor })
}

pub(super) fn context() -> RequestContext {
    RequestContext {
        caller: Caller::new(Subject::Admin { id: Uuid::from_u128(1).into(), role: AdminRole::Admin }),
        ..RequestContext::system("test", "r1")
    }
}

pub(super) fn new(kind: &str, credentials: Value) -> NewIntegration {
    let input = NewIntegrationInput {
        kind: kind.to_owned(),
        name: "Ours".to_owned(),
        credentials: Some(CredentialsInput(credentials)),
        webhook_url: (kind == "CUSTOM_WEBHOOK").then(|| "https://hooks.jo.example/S3cret".to_owned()),
    };
    NewIntegration::parse(input, WebhookSchemes::HttpsOnly).expect("a right input")
}

pub(super) fn capricorn() -> NewIntegration {
    new("CAPRICORN_EDI", json!({ "apiKey": KEY, "customerId": CUSTOMER }))
}

pub(super) fn sealed_for(owner: TenantId, kind: IntegrationType, field: &str, secret: &str) -> SealedText {
    Place::new(owner, kind).seal(&ring(), field, &SecretString::from(secret)).expect("seals")
}

/// A connection to Capricorn whose secrets were sealed for `owner`.
pub(super) fn stored_for(owner: TenantId) -> Integration {
    let kind = IntegrationType::CapricornEdi;
    let sealed = |field: &str, secret| (field.to_owned(), sealed_for(owner, kind, field, secret));
    Integration { credentials: [sealed("apiKey", KEY), sealed("customerId", CUSTOMER)].into(), ..bare(kind) }
}

/// A webhook whose signing secret was sealed for `owner`.
pub(super) fn webhook_for(owner: TenantId) -> Integration {
    let kind = IntegrationType::CustomWebhook;
    let url = WebhookUrl::parse_as("webhookUrl", "https://hooks.jo.example/S3cret", WebhookSchemes::HttpsOnly);
    Integration {
        webhook_url: Some(url.expect("an address")),
        signing_secret: Some(sealed_for(owner, kind, "signingSecret", "whsec_S3cret")),
        ..bare(kind)
    }
}

fn bare(kind: IntegrationType) -> Integration {
    let now = FixedClock::default().now();
    Integration {
        id: Uuid::from_u128(3),
        tenant_id: tenant(),
        kind,
        name: IntegrationName::parse("Ours").expect("a name"),
        credentials: [].into(),
        webhook_url: None,
        signing_secret: None,
        is_active: true,
        last_synced_at: None,
        last_error: None,
        quarantined_at: None,
        version: 4,
        created_at: now,
        updated_at: now,
    }
}

/// Sees that nothing that was told holds a secret, nor what these have in their `Debug` output.
#[track_caller]
pub(super) fn check_silence(fixture: &Fixture, others: &[&dyn std::fmt::Debug]) {
    let recorded = format!("{:?} {others:?}", fixture.recorder);
    assert!(!recorded.contains("S3cret"), "{recorded}");
    assert!(!recorded.contains("whsec_"), "{recorded}");
}

pub(super) fn clear(secret: Option<&SecretString>) -> &str {
    secret.map(ExposeSecret::expose_secret).expect("a secret")
}
