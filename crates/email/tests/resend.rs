//! `ResendMailer` against what Resend answers, and against connections that break.

mod support;

use std::time::Duration;

use email::mailer::{Mailer, MailerError, MailerSetupError, Receipt, ResendMailer};
use outbound::Outbound;
use rstest::rstest;
use secrecy::SecretString;
use serde_json::{Value, json};
use support::message;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, method, path},
};

const KEY: &str = "re_123_secret";
const PATIENCE: Duration = Duration::from_secs(10);

fn new(url: &str, key: &str, timeout: Duration) -> Result<ResendMailer, MailerSetupError> {
    ResendMailer::new(&Outbound::default(), url.parse().expect("an address"), SecretString::from(key), timeout)
}

fn mailer(url: &str) -> ResendMailer {
    new(url, KEY, PATIENCE).expect("a mailer")
}

async fn answering(response: ResponseTemplate) -> (MockServer, ResendMailer) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(response).mount(&server).await;
    let mailer = mailer(&server.uri());
    (server, mailer)
}

async fn send_to(response: ResponseTemplate) -> Result<Receipt, MailerError> {
    let (_server, mailer) = answering(response).await;
    mailer.send(&message()).await
}

/// Errors of Resend have a text that may repeat addresses.
fn error(status: u16, name: &str) -> ResponseTemplate {
    let body = json!({ "statusCode": status, "name": name, "message": "jo@example.com is wrong" });
    ResponseTemplate::new(status).set_body_json(body)
}

fn permanent(reason: &str) -> MailerError {
    MailerError::Permanent { reason: reason.to_owned() }
}

fn temporary(reason: &str, retry_after: Option<u64>) -> MailerError {
    MailerError::Temporary { reason: reason.to_owned(), retry_after: retry_after.map(Duration::from_secs) }
}

/// Resend writes ASCII into the headers as it is, and mail programs read encoded words there.
#[rstest]
#[case("=?utf-8?q?Your_password_was_stolen?=")]
#[case("Ticket 7: =?utf-8?B?SGk=?= and =?iso-8859-1?q?=FC?= ü")]
#[case("a=?b?=c, and so on and on, beyond what one encoded word can hold of it, and some more of the same")]
#[tokio::test]
async fn text_that_looks_like_an_encoded_word_arrives_as_it_was_written(#[case] text: &str) {
    let (server, mailer) = answering(ResponseTemplate::new(200).set_body_json(json!({ "id": "1" }))).await;
    let mut message = message();
    message.content.subject = text.into();
    message.from.0 = text.into();
    mailer.send(&message).await.expect("sent");
    let requests = server.received_requests().await.expect("recorded");
    let body: Value = serde_json::from_slice(&requests[0].body).expect("JSON");
    let (subject, from) = (body["subject"].as_str().expect("a subject"), body["from"].as_str().expect("a sender"));
    assert!(!subject.contains(['\r', '\n']) && !from.contains(['\r', '\n']), "{body}");
    let raw = format!("Subject: {subject}\r\nFrom: {from}\r\n\r\n");
    let mail = mail_parser::MessageParser::default().parse(raw.as_bytes()).expect("a mail");
    assert_eq!(mail.subject(), Some(text));
    let sender = mail.from().and_then(|from| from.first()).expect("a sender");
    let read = (sender.name.as_deref(), sender.address.as_deref());
    assert_eq!(read, (Some(text), Some("no-reply@nextcrm.example")));
}

#[tokio::test]
async fn the_request_is_resends() {
    let server = MockServer::start().await;
    let response = ResponseTemplate::new(200).set_body_json(json!({ "id": "49a3999c-0ce1-4ea6-ab68-afcd6dc2e794" }));
    Mock::given(method("POST")).and(path("/v1/emails")).respond_with(response).mount(&server).await;
    let mut message = message();
    message.from.0 = "Next, CRM\r\n".into();
    let mailer = mailer(&format!("{}/v1/", server.uri()));
    let receipt = mailer.send(&message).await.expect("sent");
    assert_eq!(receipt.provider_message_id.as_deref(), Some("49a3999c-0ce1-4ea6-ab68-afcd6dc2e794"));
    message.tenant_id = None;
    message.content.subject = "Hi\r\nBcc: evil@example.com".into();
    mailer.send(&message).await.expect("sent");

    let [first, second] = &server.received_requests().await.expect("recorded")[..] else { panic!("two requests") };
    let header = |name: &str| first.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    assert_eq!(header("authorization"), format!("Bearer {KEY}"));
    assert_eq!(header("idempotency-key"), "0195f2a0-7c00-7000-8000-000000000001");
    assert_eq!(header("content-type"), "application/json");
    assert_eq!(header("user-agent"), concat!("NextCRM/", env!("CARGO_PKG_VERSION")));
    let expected = json!({
        "from": "\"Next, CRM\" <no-reply@nextcrm.example>",
        "to": ["jo@example.com"],
        "reply_to": "support@nextcrm.example",
        "subject": support::message().content.subject,
        "html": message.content.html,
        "text": message.content.text,
        "tags": [
            { "name": "tenant_id", "value": "0195f2a0-7c00-7000-8000-0000000000aa" },
            { "name": "template", "value": "INVOICE" },
            { "name": "notification_id", "value": "0195f2a0-7c00-7000-8000-000000000001" },
        ],
    });
    assert_eq!(first.body_json::<Value>().expect("JSON"), expected);
    let second: Value = second.body_json().expect("JSON");
    assert_eq!((&second["tags"][0]["name"], second["tags"].as_array().map(Vec::len)), (&json!("template"), Some(2)));
    assert_eq!(second["subject"], "Hi  Bcc: evil@example.com");
}

#[tokio::test]
async fn a_repetition_is_the_same_to_the_byte() {
    let (server, mailer) = answering(error(500, "internal_server_error")).await;
    for _ in 0..2 {
        mailer.send(&message()).await.expect_err("a fault of theirs");
    }
    let [first, second] = &server.received_requests().await.expect("recorded")[..] else { panic!("two requests") };
    assert_eq!((&first.body, &first.headers), (&second.body, &second.headers));
}

#[rstest]
#[case::no_json("<html>OK</html>".into())]
#[case::another_shape(r#"["id"]"#.into())]
#[case::another_type(r#"{"id":7}"#.into())]
#[case::no_id("{}".into())]
#[case::an_odd_id(format!(r#"{{"id":"{}"}}"#, "x".repeat(200)))]
#[case::too_long(format!(r#"{{"id":"1","x":"{}"}}"#, "x".repeat(70_000)))]
#[tokio::test]
async fn what_was_taken_is_sent_whatever_the_answer_says(#[case] body: String) {
    let receipt = send_to(ResponseTemplate::new(200).set_body_string(body)).await;
    assert_eq!(receipt, Ok(Receipt { provider_message_id: None }));
}

#[rstest]
#[case(400, "validation_error")]
#[case(401, "missing_api_key")]
#[case(403, "invalid_api_key")]
#[case(404, "not_found")]
#[case(409, "something_else")]
#[case(422, "validation_error")]
#[case(451, "security_error")]
#[tokio::test]
async fn refusals_are_for_good(#[case] status: u16, #[case] name: &str) {
    let reason = format!("resend answered {status} ({name})");
    assert_eq!(send_to(error(status, name)).await, Err(permanent(&reason)));
}

#[rstest]
#[case(408, "x")]
#[case(409, "concurrent_idempotent_requests")]
#[case(425, "x")]
#[case(429, "rate_limit_exceeded")]
#[case(500, "internal_server_error")]
#[case(503, "x")]
#[case(599, "x")]
#[tokio::test]
async fn their_faults_pass(#[case] status: u16, #[case] name: &str) {
    let reason = format!("resend answered {status} ({name})");
    assert_eq!(send_to(error(status, name)).await, Err(temporary(&reason, None)));
}

#[tokio::test]
async fn a_key_that_comes_with_another_message_is_told_of() {
    let reason = "resend answered 409 (invalid_idempotent_request): it already has a message under this key, with other \
        content";
    assert_eq!(send_to(error(409, "invalid_idempotent_request")).await, Err(permanent(reason)));
}

#[tokio::test]
async fn a_reason_has_nothing_of_an_answer_but_plain_words() {
    let odd = error(422, &format!("<jo@example.com>\r\n{}", "x".repeat(100)));
    let name = format!("joexamplecom{}", "x".repeat(52));
    assert_eq!(send_to(odd).await, Err(permanent(&format!("resend answered 422 ({name})"))));
    let bare = ResponseTemplate::new(500).set_body_string("jo@example.com");
    assert_eq!(send_to(bare).await, Err(temporary("resend answered 500", None)));
}

#[rstest]
#[case::seconds(429, "7", Some(7))]
#[case::a_date(429, "Sun, 01 Mar 2026 10:01:30 GMT", Some(90))]
#[case::a_date_that_is_over(429, "Sun, 01 Mar 2026 09:00:00 GMT", None)]
#[case::too_long(429, "86400", Some(3600))]
#[case::too_late(429, "Tue, 03 Mar 2026 10:00:00 GMT", Some(3600))]
#[case::unreadable(429, "soon", None)]
#[case::unavailable(503, "30", Some(30))]
#[case::not_theirs_to_say(500, "30", None)]
#[tokio::test]
async fn they_may_say_when(#[case] status: u16, #[case] retry_after: &str, #[case] expected: Option<u64>) {
    let response = ResponseTemplate::new(status)
        .insert_header("Date", "Sun, 01 Mar 2026 10:00:00 GMT")
        .insert_header("Retry-After", retry_after);
    assert_eq!(send_to(response).await, Err(temporary(&format!("resend answered {status}"), expected)));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (elsewhere, _) = answering(ResponseTemplate::new(200)).await;
    let moved = ResponseTemplate::new(307).insert_header("Location", elsewhere.uri());
    assert_eq!(send_to(moved).await, Err(permanent("resend answered 307")));
    assert!(elsewhere.received_requests().await.expect("recorded").is_empty());
}

/// Takes one connection, reads the whole request, answers these bytes, and hangs up; tells what it read.
async fn once(answer: &'static [u8]) -> (ResendMailer, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let mailer = mailer(&format!("http://{}", listener.local_addr().expect("an address")));
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let request = read_request(&mut stream).await;
        stream.write_all(answer).await.expect("written");
        request
    });
    (mailer, task)
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        stream.read_buf(&mut bytes).await.expect("readable");
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
        if body.len() >= length.parse().expect("a number") {
            return text.into_owned();
        }
    }
}

#[tokio::test]
async fn a_connection_that_is_lost_after_the_request_passes() {
    let (mailer, request) = once(b"").await;
    assert_eq!(mailer.send(&message()).await, Err(temporary("the connection to resend was lost", None)));
    assert!(request.await.expect("a request").contains("idempotency-key: 0195f2a0-7c00-7000-8000-000000000001"));

    let (mailer, _request) = once(b"HTTP/1.1 20").await;
    assert_eq!(mailer.send(&message()).await, Err(temporary("the connection to resend was lost", None)));
}

#[tokio::test]
async fn a_connection_that_is_lost_within_the_answer_leaves_it_at_the_status() {
    let (mailer, _request) = once(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":").await;
    assert_eq!(mailer.send(&message()).await, Ok(Receipt::default()));
    let (mailer, _request) = once(b"HTTP/1.1 422 No\r\nContent-Length: 100\r\n\r\n{\"name\":").await;
    assert_eq!(mailer.send(&message()).await, Err(permanent("resend answered 422")));
}

#[tokio::test]
async fn silence_passes_and_is_not_waited_for_for_long() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let mailer = new(&url, KEY, Duration::from_millis(200)).expect("a mailer");
    let server = async {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        read_request(&mut stream).await;
        std::future::pending::<()>().await;
    };
    let sent = tokio::select! {
        sent = async { (mailer.send(&message()).await, mailer.check().await) } => sent,
        () = server => unreachable!(),
    };
    let late = || Err(temporary("resend did not answer in time", None));
    assert_eq!(sent.0, late().map(|()| Receipt::default()));
    assert_eq!(sent.1, late());
}

#[tokio::test]
async fn nobody_there_passes() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let mailer = mailer(&format!("http://{}", listener.local_addr().expect("an address")));
    drop(listener);
    let Err(MailerError::Temporary { reason, retry_after: None }) = mailer.send(&message()).await else {
        panic!("nobody is there")
    };
    assert!(reason.starts_with("resend cannot be reached: Connection refused"), "{reason}");
}

#[tokio::test]
async fn who_fails_again_and_again_is_not_asked_for_a_while() {
    let (server, mailer) = answering(error(500, "internal_server_error")).await;
    for _ in 0..5 {
        assert_eq!(mailer.send(&message()).await, Err(temporary("resend answered 500 (internal_server_error)", None)));
    }
    let Err(MailerError::Temporary { reason, retry_after: Some(wait) }) = mailer.send(&message()).await else {
        panic!("not asked")
    };
    assert_eq!(reason, "resend has failed too often and is not asked for a while");
    assert!(wait > Duration::from_secs(5), "{wait:?}");
    assert_eq!(server.received_requests().await.expect("recorded").len(), 5);
}

#[rstest]
#[case::all_rights(ResponseTemplate::new(200), None)]
#[case::sends_only(error(401, "restricted_api_key"), None)]
#[case::wrong_key(
    error(400, "validation_error"),
    Some(permanent("resend answered 400 (validation_error): it refuses the API key"))
)]
#[case::no_key(
    error(401, "missing_api_key"),
    Some(permanent("resend answered 401 (missing_api_key): it refuses the API key"))
)]
#[case::wrong_address(
    ResponseTemplate::new(404),
    Some(permanent("resend answered 404: its API is not at this address"))
)]
#[case::their_fault(ResponseTemplate::new(502), Some(temporary("resend answered 502", None)))]
#[tokio::test]
async fn a_check_says_what_to_mend(#[case] response: ResponseTemplate, #[case] expected: Option<MailerError>) {
    let (server, mailer) = answering(response).await;
    assert_eq!(mailer.check().await.err(), expected);
    let requests = server.received_requests().await.expect("recorded");
    assert_eq!((requests[0].method.as_str(), requests[0].url.path()), ("GET", "/domains"));
    assert_eq!(requests[0].headers["authorization"], format!("Bearer {KEY}"));
}

#[test]
fn what_cannot_be_a_key_or_an_address_is_refused_and_keys_do_not_show() {
    let new = |url, key| new(url, key, PATIENCE);
    assert!(matches!(new("https://api.resend.com", "re_1\r\nX: y"), Err(MailerSetupError::ApiKey)));
    assert!(matches!(new("mailto:jo@example.com", KEY), Err(MailerSetupError::ApiUrl)));
    let shown = format!("{:?}", new("https://api.resend.com", KEY).expect("a mailer"));
    assert!(!shown.contains(KEY), "{shown}");
}
