use std::collections::BTreeSet;

use kernel::{FieldError, input::Word as _};
use rstest::rstest;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::*;

fn new(kind: &str, credentials: Value) -> NewIntegrationInput {
    NewIntegrationInput {
        kind: kind.to_owned(),
        name: "Ours".to_owned(),
        credentials: Some(CredentialsInput(credentials)),
        webhook_url: (kind == "CUSTOM_WEBHOOK").then(|| "https://hooks.jo.example/".to_owned()),
    }
}

fn parse(input: NewIntegrationInput) -> Result<NewIntegration, Vec<FieldError>> {
    NewIntegration::parse(input, WebhookSchemes::HttpsOnly)
}

fn named(errors: Vec<FieldError>) -> Vec<String> {
    errors.into_iter().map(|error| format!("{} {}", error.field, error.code)).collect()
}

#[rstest]
#[case("CAPRICORN_EDI", json!({ "apiKey": "cap 1", "customerId": "4711" }))]
#[case("STRIPE_PAYMENT", json!({ "secretKey": "sk_test_1" }))]
#[case("STRIPE_PAYMENT", json!({ "secretKey": "rk_live_1", "webhookSecret": "whsec_1" }))]
#[case("SLACK_NOTIFICATION", json!({ "webhookUrl": "https://hooks.slack.com/services/T0/B0/x" }))]
#[case("CUSTOM_WEBHOOK", json!({}))]
fn every_type_takes_its_own(#[case] kind: &str, #[case] credentials: Value) {
    let parsed = parse(new(kind, credentials.clone())).expect("right");
    let fixture: serde_json::Map<_, _> = parsed
        .credentials
        .iter()
        .map(|(name, secret)| (name.to_owned(), Value::from(secret.expose_secret())))
        .collect();
    assert_eq!((parsed.kind.as_str(), Value::Object(fixture)), (kind, credentials));
}

#[rstest]
#[case("CAPRICORN_EDI", json!({}), &["credentials.apiKey REQUIRED", "credentials.customerId REQUIRED"])]
#[case("CAPRICORN_EDI", json!({ "apiKey": "", "customerId": null }),
    &["credentials.apiKey REQUIRED", "credentials.customerId REQUIRED"])]
#[case("CAPRICORN_EDI", json!({ "apiKey": 1, "customerId": ["x"] }),
    &["credentials.apiKey INVALID_TYPE", "credentials.customerId INVALID_TYPE"])]
#[case("CAPRICORN_EDI", json!({ "apiKey": "a", "customerId": "b", "ApiKey": "a" }), &["credentials.ApiKey UNKNOWN_FIELD"])]
#[case("CAPRICORN_EDI", json!({ "apiKey": "a\n", "customerId": "b\u{0}" }),
    &["credentials.apiKey FORBIDDEN_CHARACTER", "credentials.customerId FORBIDDEN_CHARACTER"])]
#[case("CAPRICORN_EDI", json!({ "apiKey": "a\u{202e}", "customerId": " b" }),
    &["credentials.apiKey FORBIDDEN_CHARACTER", "credentials.customerId INVALID"])]
#[case("CAPRICORN_EDI", json!({ "apiKey": "schlüssel", "customerId": "b" }), &["credentials.apiKey INVALID"])]
#[case("CAPRICORN_EDI", json!({ "apiKey": "a".repeat(501), "customerId": "b" }), &["credentials.apiKey TOO_LONG"])]
#[case("CAPRICORN_EDI", json!("apiKey"), &["credentials INVALID_TYPE"])]
#[case("CAPRICORN_EDI", json!([]), &["credentials INVALID_TYPE"])]
#[case("STRIPE_PAYMENT", json!({ "secretKey": "pk_test_1" }), &["credentials.secretKey INVALID"])]
#[case("STRIPE_PAYMENT", json!({ "secretKey": "sk_" }), &["credentials.secretKey INVALID"])]
#[case("STRIPE_PAYMENT", json!({ "secretKey": "sk_1", "webhookSecret": "secret" }), &["credentials.webhookSecret INVALID"])]
#[case("STRIPE_PAYMENT", json!({ "secretKey": "sk_1", "webhookSecret": null }), &["credentials.webhookSecret REQUIRED"])]
#[case("STRIPE_PAYMENT", json!({ "webhookSecret": "whsec_1" }), &["credentials.secretKey REQUIRED"])]
#[case("SLACK_NOTIFICATION", json!({ "webhookUrl": "https://hooks.slack.com.evil.example/x" }),
    &["credentials.webhookUrl INVALID"])]
#[case("SLACK_NOTIFICATION", json!({ "webhookUrl": "http://hooks.slack.com/services/x" }),
    &["credentials.webhookUrl INVALID"])]
#[case("CUSTOM_WEBHOOK", json!({ "signingSecret": "mine" }), &["credentials.signingSecret UNKNOWN_FIELD"])]
fn wrong_credentials_are_named(#[case] kind: &str, #[case] credentials: Value, #[case] expected: &[&str]) {
    let mut found = named(parse(new(kind, credentials)).expect_err("wrong"));
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn every_wrong_field_is_named_at_once() {
    let input = NewIntegrationInput { kind: "FAX".to_owned(), name: " ".to_owned(), ..NewIntegrationInput::default() };
    assert_eq!(named(parse(input).expect_err("wrong")), ["name REQUIRED", "type INVALID"]);
    let input = NewIntegrationInput { kind: "CUSTOM_WEBHOOK".to_owned(), ..NewIntegrationInput::default() };
    assert_eq!(named(parse(input).expect_err("wrong")), ["name REQUIRED", "webhookUrl REQUIRED"]);
    let input = NewIntegrationInput { name: "x".repeat(121), credentials: None, ..new("STRIPE_PAYMENT", json!({})) };
    assert_eq!(named(parse(input).expect_err("wrong")), ["name TOO_LONG", "credentials.secretKey REQUIRED"]);
    let webhook_url = Some("https://hooks.jo.example/".to_owned());
    let input = NewIntegrationInput { webhook_url, ..new("STRIPE_PAYMENT", json!({ "secretKey": "sk_1" })) };
    assert_eq!(named(parse(input).expect_err("wrong")), ["webhookUrl INVALID"], "nobody would call it");
    let webhook_url = Some("https://10.0.0.1/".to_owned());
    let input = NewIntegrationInput { webhook_url, ..new("CUSTOM_WEBHOOK", json!({})) };
    assert_eq!(named(parse(input).expect_err("wrong")), ["webhookUrl INVALID"]);
    let many: serde_json::Map<_, _> = (0..1_000).map(|number| (format!("field{number}"), json!("x"))).collect();
    assert_eq!(named(parse(new("STRIPE_PAYMENT", Value::Object(many))).expect_err("wrong")), ["credentials TOO_LONG"]);
}

#[test]
fn a_patch_gives_what_it_wants_but_takes_nothing_away() {
    let patch = |kind, input| IntegrationPatch::parse(kind, input, WebhookSchemes::HttpsOnly);
    let input = IntegrationPatchInput {
        credentials: Some(Some(CredentialsInput(json!({ "apiKey": "new" })))),
        webhook_url: Some(None),
        is_active: Some(Some(false)),
        ..IntegrationPatchInput::default()
    };
    let parsed = patch(IntegrationType::CapricornEdi, input).expect("right");
    let given: Vec<_> = parsed.credentials.iter().flat_map(Credentials::iter).map(|(name, _)| name).collect();
    assert_eq!((given, parsed.is_active, parsed.name), (vec!["apiKey"], Some(false), None));

    let nulls = || IntegrationPatchInput {
        name: Some(None),
        credentials: Some(None),
        webhook_url: Some(None),
        is_active: Some(None),
    };
    let wrong = named(patch(IntegrationType::CustomWebhook, nulls()).expect_err("wrong"));
    assert_eq!(wrong, ["name REQUIRED", "credentials REQUIRED", "webhookUrl REQUIRED", "isActive REQUIRED"]);
    let credentials = Some(Some(CredentialsInput(json!({ "secretKey": null, "key": "x" }))));
    let input = IntegrationPatchInput { credentials, ..IntegrationPatchInput::default() };
    let wrong: BTreeSet<_> =
        named(patch(IntegrationType::StripePayment, input).expect_err("wrong")).into_iter().collect();
    assert_eq!(
        wrong,
        BTreeSet::from(["credentials.secretKey REQUIRED", "credentials.key UNKNOWN_FIELD"].map(String::from))
    );
}

#[test]
fn no_secret_shows_in_debug_output_or_in_an_error() {
    const SECRET: &str = "sk_live_S3cretValue";
    let given = new("STRIPE_PAYMENT", json!({ "secretKey": SECRET }));
    let parsed = parse(given.clone()).expect("right");
    let wrong = parse(new("STRIPE_PAYMENT", json!({ "webhookSecret": SECRET, "secretKey": SECRET.repeat(40) })));
    let webhook = NewIntegrationInput {
        webhook_url: Some("https://hooks.jo.example/S3cretValue".to_owned()),
        ..new("CUSTOM_WEBHOOK", json!({}))
    };
    let patch =
        IntegrationPatchInput { credentials: Some(given.credentials.clone()), ..IntegrationPatchInput::default() };
    let shown = [
        format!("{given:?} {parsed:?} {patch:?} {webhook:?} {:?}", parse(webhook.clone())),
        format!("{:?} {:?}", wrong.expect_err("wrong"), SealedText::from(SECRET.to_owned())),
        format!("{:?}", IntegrationPatch::parse(IntegrationType::StripePayment, patch, WebhookSchemes::HttpsOnly)),
    ];
    assert!(shown.iter().all(|text| !text.contains("S3cret")), "{shown:?}");
}

#[test]
fn no_type_names_a_field_twice_or_one_that_is_kept_apart() {
    for kind in IntegrationType::ALL {
        let names: BTreeSet<_> = kind.credential_fields().iter().map(|field| field.name).collect();
        assert_eq!(names.len(), kind.credential_fields().len(), "{kind}");
        assert!(!names.contains("signingSecret"), "{kind}: both would be sealed for the same purpose");
    }
}
