use kernel::{EventId, OsEntropy, TenantId, sealed::Sealed};
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;

const RING: &str = "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

fn ring() -> KeyRing {
    KeyRing::parse(RING, OsEntropy).expect("a ring")
}

fn sealed(owner: &str, kind: &str, secret: &str) -> Sealed {
    ring().seal(&secret_purpose(owner, "s1", kind), secret.as_bytes()).expect("sealed")
}

fn event(number: u128, kind: &str, tenant: Option<TenantId>, payload: Value, secret: &str) -> Event {
    let owner = tenant.map(|id| id.to_string()).unwrap_or_default();
    Event {
        id: EventId(Uuid::from_u128(number)),
        kind: kind.to_owned(),
        subject: "s1".to_owned(),
        tenant_id: tenant,
        payload,
        secret: Some(sealed(&owner, kind, secret)),
        occurred_at: "2026-01-15T10:00:00Z".parse().expect("a time"),
        attempt: 1,
    }
}

fn reset(number: u128) -> Event {
    let payload = json!({ "email": "jo@example.com", "firstName": "Jo", "audience": "admin" });
    event(number, "auth.password_reset_link", None, payload, "t+k/n")
}

fn mailbox(directory: &tempfile::TempDir) -> DevMailbox {
    DevMailbox::new(directory.path(), "http://localhost:3000/", ring())
}

#[tokio::test]
async fn a_message_has_its_link_and_a_second_delivery_adds_none() {
    let directory = tempfile::tempdir().expect("a directory");
    let mailbox = mailbox(&directory);
    assert_eq!(mailbox.messages().await.expect("empty"), []);
    for _ in 0..2 {
        mailbox.handle(&reset(1)).await.expect("handled");
    }
    let messages = mailbox.messages().await.expect("read");
    let [message] = messages.as_slice() else { panic!("{messages:?}") };
    assert_eq!((message.to.as_str(), message.subject.as_str()), ("jo@example.com", "Reset your NextCRM password"));
    assert!(message.text.contains("http://localhost:3000/reset-password?token=t%2Bk%2Fn\n"), "{}", message.text);
}

#[tokio::test]
async fn a_workshops_message_names_it_and_escapes_what_others_chose() {
    let directory = tempfile::tempdir().expect("a directory");
    let payload = json!({
        "email": "jo@example.com", "firstName": "<b>Jo</b>", "audience": "tenant",
        "tenantName": "Jo's <script>", "subdomain": "jos-garage",
    });
    let tenant = Some(TenantId(Uuid::from_u128(9)));
    mailbox(&directory).handle(&event(1, "auth.invitation_issued", tenant, payload, "tok")).await.expect("handled");
    let message = mailbox(&directory).messages().await.expect("read").remove(0);
    let link = "http://localhost:3000/accept-invitation?subdomain=jos-garage&token=tok";
    assert!(message.text.contains(link), "{}", message.text);
    assert!(message.html.contains("subdomain=jos-garage&amp;token=tok\""), "{}", message.html);
    assert!(!message.html.contains("<b>") && !message.html.contains("<script"), "{}", message.html);
    assert_eq!(message.subject, "You are invited to Jo's <script>");
}

#[tokio::test]
async fn a_welcome_tells_the_temporary_password() {
    let directory = tempfile::tempdir().expect("a directory");
    let payload = json!({ "email": "a@b.co", "firstName": "Ada", "audience": "admin" });
    mailbox(&directory).handle(&event(1, "auth.admin_welcome", None, payload, "Hush-1234")).await.expect("handled");
    let message = mailbox(&directory).messages().await.expect("read").remove(0);
    assert!(message.text.contains("\nHush-1234\n") && message.text.contains("http://localhost:3000/login\n"));
}

#[tokio::test]
async fn the_newest_five_hundred_stay_and_half_written_files_are_not_shown() {
    let directory = tempfile::tempdir().expect("a directory");
    let folder = Folder::new(directory.path().join("mailbox"));
    let message = mailbox(&directory).render(&reset(1)).expect("rendered");
    for number in 0..503_u128 {
        let id = Uuid::from_u128(number).to_string();
        folder.put(&CapturedMessage { id, ..message.clone() }).expect("kept");
    }
    std::fs::write(directory.path().join("mailbox/half.tmp"), "{").expect("written");
    std::fs::write(directory.path().join("mailbox/zzz.json"), "{").expect("written");
    let messages = mailbox(&directory).messages().await.expect("read");
    assert_eq!(messages.len(), 500);
    assert_eq!(messages[0].id, Uuid::from_u128(502).to_string());
}

#[tokio::test]
async fn what_cannot_be_read_comes_again_later() {
    let directory = tempfile::tempdir().expect("a directory");
    let other_row = Event { subject: "s2".to_owned(), ..reset(1) };
    assert!(mailbox(&directory).handle(&other_row).await.is_err());
    let no_address = Event { payload: json!({}), ..reset(1) };
    assert!(mailbox(&directory).handle(&no_address).await.is_err());
    assert!(!mailbox(&directory).handles("tenancy.tenant_created"));
}

#[test]
fn escapes_all_that_html_minds() {
    assert_eq!(escape_html("<a href='x\"'>&"), "&lt;a href=&#39;x&quot;&#39;&gt;&amp;");
}
