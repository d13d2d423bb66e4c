//! What the unit tests of this service begin with.

use std::sync::Arc;

use kernel::{Clock, OsEntropy, TenantId, VersionMatch, sealed::KeyRing};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use test_support::FixedClock;
use uuid::Uuid;

use super::{Integrations, sealing::Place};
use crate::{
    domain::{
        BusinessDetails, CredentialsInput, Integration, IntegrationName, IntegrationType, Metadata, NewIntegration,
        NewIntegrationInput, Plan, SealedText, Slug, Subdomain, Tenant, TenantName, TenantStatus, WebhookSchemes,
        WebhookUrl,
    },
    repository::MockIntegrationRepository,
    service::test_ports::{Kept, Mocks},
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

fn workshop() -> Tenant {
    let subdomain = Subdomain::parse("garage").expect("a label");
    let now = FixedClock::default().now();
    Tenant {
        id: tenant(),
        name: TenantName::parse("Garage").expect("a name"),
        slug: Slug::from(&subdomain),
        subdomain,
        plan: Plan::Enterprise,
        status: TenantStatus::Active,
        status_before_deletion: None,
        primary_contact_id: None,
        website: None,
        logo: None,
        description: None,
        business_details: BusinessDetails::default(),
        metadata: Metadata::default(),
        stripe_customer_id: None,
        trial_ends_at: None,
        suspended_reason: None,
        version: 1,
        generation: 1,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    }
}

/// The service over a workshop that can be locked, and this store.
pub(super) fn service(store: MockIntegrationRepository, mut mocks: Mocks) -> (Integrations, Kept) {
    service_with(store, &mut mocks, ring())
}

pub(super) fn service_with(store: MockIntegrationRepository, mocks: &mut Mocks, ring: KeyRing) -> (Integrations, Kept) {
    mocks.tenants.expect_find_for_update().returning(|_, _| Ok(Some(workshop())));
    let kept = std::mem::take(mocks).ports();
    let service = Integrations::new(kept.ports.clone(), Arc::new(store), ring, WebhookSchemes::HttpsOnly);
    (service, kept)
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
        quarantined_at: None,
        version: 4,
        created_at: now,
        updated_at: now,
    }
}

/// Sees that nothing that was told holds a secret, nor what these have in their `Debug` output.
#[track_caller]
pub(super) fn check_silence(kept: &Kept, others: &[&dyn std::fmt::Debug]) {
    let told = format!("{:?} {:?} {others:?}", kept.told.entries, kept.told.events);
    assert!(!told.contains("S3cret"), "{told}");
    assert!(!told.contains("whsec_"), "{told}");
}

pub(super) fn clear(secret: Option<&SecretString>) -> &str {
    secret.map(ExposeSecret::expose_secret).expect("a secret")
}
