use std::time::{SystemTime, UNIX_EPOCH};

use rstest::rstest;
use serde_json::{Value, json};

use super::*;

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn webhook() -> ResendWebhook {
    ResendWebhook::new(&SECRET.into()).expect("a secret")
}

/// Signed `age` seconds ago.
fn deliver(body: &str, age: i64) -> Result<Option<News>, EmailError> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let time = i64::try_from(now).expect("small") - age;
    let signature = Webhook::new(SECRET).expect("a secret").sign("msg_1", time, body.as_bytes()).expect("signed");
    let time = time.to_string();
    let signature =
        Signature { id: Some(b"msg_1"), timestamp: Some(time.as_bytes()), signature: Some(signature.as_bytes()) };
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
    let news = deliver(&event(kind, more), 0).expect("read").expect("news");
    assert_eq!((news.status, news.suppress), (status, suppress));
    assert_eq!(news.notification_id, Some(ID.parse().expect("an id")));
    assert_eq!(news.provider_message_id.as_deref(), Some("re_1"));
    assert!(!news.note.unwrap_or_default().contains('@'), "a note must hold no address");
}

#[test]
fn tags_come_in_two_shapes_and_other_events_tell_nothing() {
    let list = json!({ "tags": [{ "name": "notification_id", "value": ID }] });
    let news = deliver(&event("email.delivered", list), 0).expect("read").expect("news");
    assert_eq!(news.notification_id, Some(ID.parse().expect("an id")));
    for kind in ["email.opened", "email.clicked", "email.delivery_delayed", "domain.updated"] {
        assert_eq!(deliver(&event(kind, json!({})), 0).expect("read"), None, "{kind}");
    }
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
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs().to_string();
    let right = Signature { id: Some(b"msg_1"), timestamp: Some(now.as_bytes()), signature: Some(b"v1,AAAA") };
    for wrong in [
        right,
        Signature { signature: None, ..right },
        Signature { timestamp: None, ..right },
        Signature { id: None, ..right },
        Signature { timestamp: Some(b"yesterday"), ..right },
        Signature { signature: Some(b"\xff\n"), ..right },
    ] {
        let outcome = webhook().read(wrong, body.as_bytes());
        assert!(matches!(outcome, Err(EmailError::SignatureInvalid)), "{outcome:?}");
    }
    assert!(matches!(deliver("[]", 0), Err(EmailError::WebhookUnreadable)));
}

#[test]
fn a_signing_secret_is_base64_after_its_prefix() {
    for wrong in ["", "whsec_", "whsec_%%", "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"] {
        assert_eq!(ResendWebhook::new(&wrong.into()).err(), Some(InvalidSigningSecret), "{wrong}");
    }
}
