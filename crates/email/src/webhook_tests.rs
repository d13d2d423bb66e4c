use std::time::{SystemTime, UNIX_EPOCH};

use rstest::rstest;
use serde_json::{Value, json};

use super::*;

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn webhook() -> ResendWebhook {
    ResendWebhook::new(&SECRET.into()).expect("a secret")
}

/// Seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "the library that checks signatures reads the machine's clock")]
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_secs()).expect("small")
}

/// Signed under this secret, `age` seconds ago.
fn sign(secret: &str, body: &str, age: i64) -> (String, String) {
    let time = now() - age;
    let signature = Webhook::new(secret).expect("a secret").sign("msg_1", time, body.as_bytes()).expect("signed");
    (time.to_string(), signature)
}

fn deliver(body: &str, age: i64) -> Result<Option<DeliveryEvent>, EmailError> {
    let (time, signature) = sign(SECRET, body, age);
    read("msg_1", &time, &signature, body)
}

fn read(id: &str, time: &str, signature: &str, body: &str) -> Result<Option<DeliveryEvent>, EmailError> {
    let signature =
        Signature { id: Some(id.as_bytes()), timestamp: Some(time.as_bytes()), signature: Some(signature.as_bytes()) };
    webhook().read(signature, body.as_bytes())
}

fn event(kind: &str, more: Value) -> String {
    let mut data = json!({
        "email_id": "re_1", "to": ["jo@example.com"], "subject": "s", "tags": { "notification_id": ID },
    });
    for (name, value) in more.as_object().expect("an object") {
        data[name] = value.clone();
    }
    json!({ "type": kind, "created_at": "2026-03-01T10:00:00.000Z", "data": data }).to_string()
}

#[rstest]
#[case("email.sent", json!({}), NotificationStatus::Sent, None)]
#[case("email.delivered", json!({}), NotificationStatus::Delivered, None)]
#[case("email.bounced", json!({}), NotificationStatus::Bounced, Some(SuppressionReason::Bounce))]
#[case(
    "email.bounced",
    json!({ "bounce": { "type": "Permanent", "subType": "General", "message": "jo@example.com unknown" } }),
    NotificationStatus::Bounced,
    Some(SuppressionReason::Bounce)
)]
#[case(
    "email.bounced",
    json!({ "bounce": { "type": "Transient", "subType": "MailboxFull" } }),
    NotificationStatus::Bounced,
    None
)]
#[case("email.complained", json!({}), NotificationStatus::Complained, Some(SuppressionReason::Complaint))]
#[case("email.failed", json!({ "failed": { "reason": "reached_daily_quota" } }), NotificationStatus::Failed, None)]
#[case("email.suppressed", json!({}), NotificationStatus::Suppressed, Some(SuppressionReason::Bounce))]
fn news_are_read(
    #[case] kind: &str,
    #[case] more: Value,
    #[case] status: NotificationStatus,
    #[case] suppress: Option<SuppressionReason>,
) {
    let delivery_event = deliver(&event(kind, more), 0).expect("read").expect("a delivery event");
    assert_eq!((delivery_event.status, delivery_event.suppress), (status, suppress));
    assert_eq!(delivery_event.notification_id, Some(ID.parse().expect("an id")));
    assert_eq!(delivery_event.provider_message_id.as_deref(), Some("re_1"));
    assert!(!delivery_event.note.unwrap_or_default().contains('@'), "a note must hold no address");
}

#[rstest]
#[case(json!({ "notification_id": ID }), true)]
#[case(json!([{ "name": "notification_id", "value": ID }]), true)]
#[case(json!([{ "name": "template", "value": "INVOICE" }]), false)]
#[case(json!({ "notification_id": "7" }), false)]
#[case(json!([]), false)]
#[case(json!(null), false)]
fn tags_come_in_two_shapes_or_not_at_all(#[case] tags: Value, #[case] named: bool) {
    let delivery_event =
        deliver(&event("email.delivered", json!({ "tags": tags })), 0).expect("read").expect("a delivery event");
    assert_eq!(delivery_event.notification_id, named.then(|| ID.parse().expect("an id")));
    assert_eq!(delivery_event.provider_message_id.as_deref(), Some("re_1"));
}

#[test]
fn other_events_tell_nothing_whatever_they_hold() {
    for kind in ["email.opened", "email.clicked", "email.delivery_delayed", "email.scheduled", "domain.updated"] {
        assert_eq!(deliver(&event(kind, json!({})), 0).expect("read"), None, "{kind}");
    }
    for data in [json!(null), json!([1]), json!({ "tags": 7, "failed": "x" })] {
        let body = json!({ "type": "contact.created", "data": data }).to_string();
        assert_eq!(deliver(&body, 0).expect("read"), None, "{body}");
    }
    let without_data = json!({ "type": "contact.created" }).to_string();
    assert_eq!(deliver(&without_data, 0).expect("read"), None);
}

#[test]
fn what_is_signed_but_cannot_be_read_is_told() {
    let shapeless = json!({ "type": "email.bounced", "data": [] }).to_string();
    for body in ["", "[]", "{}", "{\"type\":7}", &shapeless, &event("email.sent", json!({ "tags": 7 }))] {
        let outcome = deliver(body, 0);
        assert!(matches!(outcome, Err(EmailError::WebhookUnreadable)), "{body}: {outcome:?}");
    }
}

#[test]
fn a_note_is_a_few_plain_words() {
    let reason = format!("jo@example.com said <no>\r\n{}", "x".repeat(200));
    let failed = event("email.failed", json!({ "failed": { "reason": reason } }));
    let note = deliver(&failed, 0).expect("read").expect("a delivery event").note.expect("a note");
    assert!(note.starts_with("resend: joexamplecomsaidnoxxx"), "{note}");
    assert!(note.len() <= 72, "{note}");
}

#[rstest]
#[case(290, true)]
#[case(-290, true)]
#[case(310, false)]
#[case(-310, false)]
fn only_what_was_signed_just_now_counts(#[case] age: i64, #[case] good: bool) {
    let outcome = deliver(&event("email.sent", json!({})), age);
    assert_eq!(outcome.is_ok(), good, "{outcome:?}");
}

#[test]
fn a_wrong_or_missing_signature_is_refused() {
    let body = event("email.sent", json!({}));
    let now = now().to_string();
    let right = Signature { id: Some(b"msg_1"), timestamp: Some(now.as_bytes()), signature: Some(b"v1,AAAA") };
    for wrong in [
        right,
        Signature::default(),
        Signature { signature: None, ..right },
        Signature { timestamp: None, ..right },
        Signature { id: None, ..right },
        Signature { timestamp: Some(b"yesterday"), ..right },
        Signature { signature: Some(b"\xff\n"), ..right },
    ] {
        let outcome = webhook().read(wrong, body.as_bytes());
        assert!(matches!(outcome, Err(EmailError::SignatureInvalid)), "{outcome:?}");
    }
}

#[test]
fn id_time_and_body_are_under_the_signature_and_one_of_several_will_do() {
    let body = event("email.sent", json!({}));
    let (time, signature) = sign(SECRET, &body, 0);
    let (_, others) = sign("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", &body, 0);
    let later = (time.parse::<i64>().expect("seconds") + 1).to_string();
    assert!(read("msg_1", &time, &format!("{others} {signature}"), &body).is_ok());
    for (id, time, signature, body) in [
        ("msg_2", &time, &signature, body.as_str()),
        ("msg_1", &later, &signature, &body),
        ("msg_1", &time, &others, &body),
        ("msg_1", &time, &signature, &format!("{body} ")),
        ("msg_1", &time, &signature.replace("v1,", "v2,"), &body),
    ] {
        let outcome = read(id, time, signature, body);
        assert!(matches!(outcome, Err(EmailError::SignatureInvalid)), "{id} {time} {signature}");
    }
}

#[test]
fn a_signing_secret_is_base64_after_its_prefix() {
    for wrong in ["", "whsec_", "whsec_%%", "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"] {
        assert_eq!(ResendWebhook::new(&wrong.into()).err(), Some(InvalidSigningSecret), "{wrong}");
    }
}
