//! `SmtpMailer` against a server that really speaks SMTP.

#[path = "support/smtp_server.rs"]
mod smtp_server;
mod support;

use std::{process::Output, sync::Arc, time::Duration};

use email::mailer::{Mailer, MailerError, Message, SmtpMailer};
use mail_parser::{HeaderName, MessageParser, MimeHeaders};
use rstest::rstest;
use smtp_server::{Delivery, Script, SmtpServer, Tls};
use support::message;
use tokio::io::AsyncWriteExt;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer},
};

const PATIENCE: Duration = Duration::from_secs(10);

fn mailer(url: &str) -> SmtpMailer {
    SmtpMailer::new(&url.parse().expect("an address"), PATIENCE).expect("a mailer")
}

fn plain(server: &SmtpServer) -> SmtpMailer {
    mailer(&format!("smtp://127.0.0.1:{}", server.port))
}

fn temporary(error: MailerError) -> String {
    assert!(matches!(error, MailerError::Temporary { retry_after: None, .. }), "{error:?}");
    error.to_string()
}

fn permanent(error: MailerError) -> String {
    assert!(matches!(error, MailerError::Permanent { .. }), "{error:?}");
    error.to_string()
}

fn parse(delivery: &Delivery) -> mail_parser::Message<'_> {
    MessageParser::default().parse(&delivery.data).expect("a mail")
}

fn header<'a>(mail: &'a mail_parser::Message<'_>, name: HeaderName<'static>) -> &'a str {
    mail.header_raw(name).unwrap_or_default().trim()
}

#[tokio::test]
async fn a_message_arrives_as_it_was_written() {
    let server = SmtpServer::start(Script::default()).await;
    let mut message = message();
    message.content.subject = "Rechnung für Jo’s Werkstatt – März".into();
    message.content.text = "Grüße\n.\n..\nFrom here on\n".into();
    let receipt = plain(&server).send(&message).await.expect("sent");
    let expected_id = format!("{}@nextcrm.example", message.id);
    assert_eq!(receipt.provider_message_id, Some(format!("<{expected_id}>")));

    let [delivery] = &server.deliveries()[..] else { panic!("{:?}", server.deliveries()) };
    assert_eq!((&*delivery.from, &delivery.to[..]), ("no-reply@nextcrm.example", &["jo@example.com".to_owned()][..]));
    assert!(delivery.data.is_ascii() && delivery.data.split(|b| *b == b'\n').all(|line| line.len() < 998));
    let mail = parse(delivery);
    let address = |list: Option<&mail_parser::Address<'_>>| {
        let one = list.and_then(|list| list.first()).expect("an address").clone();
        (one.name.unwrap_or_default().into_owned(), one.address.unwrap_or_default().into_owned())
    };
    assert_eq!(address(mail.from()), ("NextCRM".to_owned(), "no-reply@nextcrm.example".to_owned()));
    assert_eq!(address(mail.to()), (String::new(), "jo@example.com".to_owned()));
    assert_eq!(address(mail.reply_to()), (String::new(), "support@nextcrm.example".to_owned()));
    assert_eq!(mail.subject(), Some("Rechnung für Jo’s Werkstatt – März"));
    assert_eq!(mail.date().expect("a date").to_timestamp(), message.created_at.timestamp());
    assert_eq!(mail.message_id(), Some(&*expected_id));
    assert_eq!(header(&mail, HeaderName::Other("X-Entity-Ref-ID".into())), message.id.to_string());
    assert_eq!(header(&mail, HeaderName::AutoSubmitted), "auto-generated");
    assert!(mail.is_content_type("multipart", "alternative"));
    // The plainest part comes first; readers show the last one that they can.
    assert_eq!((mail.text_body.as_slice(), mail.html_body.as_slice()), (&[1_u32][..], &[2_u32][..]));
    assert_eq!(mail.body_text(0).expect("a text part").replace("\r\n", "\n"), message.content.text);
    assert_eq!(mail.body_html(0).expect("an HTML part").replace("\r\n", "\n"), message.content.html);
}

#[tokio::test]
async fn a_repetition_is_the_same_to_the_byte_and_takes_the_same_connection() {
    let server = SmtpServer::start(Script::default()).await;
    let mailer = plain(&server);
    mailer.check().await.expect("reachable");
    for _ in 0..2 {
        mailer.send(&message()).await.expect("sent");
    }
    let [first, second] = &server.deliveries()[..] else { panic!("{:?}", server.deliveries()) };
    assert_eq!(first, second);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn nothing_written_into_a_message_becomes_a_header_or_a_command() {
    let server = SmtpServer::start(Script::default()).await;
    let evil = "Hi\r\nBcc: evil@example.com\r\n\r\n<b>body</b>\r\n.\r\nMAIL FROM:<evil@example.com>\r\n";
    let mut message = message();
    message.content.subject = evil.into();
    message.from.0 = format!("NextCRM\" <evil@example.com>{evil}");
    message.content.text = evil.into();
    plain(&server).send(&message).await.expect("sent");
    let [delivery] = &server.deliveries()[..] else { panic!("{:?}", server.deliveries()) };
    assert_eq!(delivery.to, ["jo@example.com"]);
    let mail = parse(delivery);
    assert!(mail.bcc().is_none());
    let sender = mail.from().and_then(|from| from.first()).expect("a sender");
    assert_eq!(sender.address.as_deref(), Some("no-reply@nextcrm.example"));
    let names: Vec<&str> = mail.headers().iter().map(|header| header.name()).collect();
    let expected = ["From", "To", "Reply-To", "Subject", "Date", "Message-ID", "X-Entity-Ref-ID", "Auto-Submitted"];
    assert_eq!(names, [&expected[..], &["MIME-Version", "Content-Type"]].concat());
    assert!(mail.subject().is_some_and(|subject| subject.starts_with("Hi  Bcc: evil@example.com")));
    assert_eq!(mail.attachment_count(), 0);
}

#[rstest]
#[case("=?utf-8?q?Your_password_was_stolen?=")]
#[case("Ticket 7: =?utf-8?B?SGk=?= and =?iso-8859-1?q?=FC?= ü")]
#[case("=?utf-8?q?broken")]
#[case("a=?b?=c")]
#[tokio::test]
async fn text_that_looks_like_an_encoded_word_arrives_as_it_was_written(#[case] text: &str) {
    let server = SmtpServer::start(Script::default()).await;
    let mut message = message();
    let long = format!("{text} {}", "more of the same ".repeat(6));
    message.content.subject = long.trim().into();
    message.from.0 = text.into();
    plain(&server).send(&message).await.expect("sent");
    let [delivery] = &server.deliveries()[..] else { panic!("{:?}", server.deliveries()) };
    assert_eq!(delivery.from, "no-reply@nextcrm.example");
    assert!(delivery.data.is_ascii() && delivery.data.split(|b| *b == b'\n').all(|line| line.len() <= 78));
    let mail = parse(delivery);
    assert_eq!(mail.subject(), Some(long.trim()));
    let sender = mail.from().and_then(|from| from.first()).expect("a sender");
    let read = (sender.name.as_deref(), sender.address.as_deref());
    assert_eq!(read, (Some(text), Some("no-reply@nextcrm.example")));
}

#[rstest]
#[case::sender(Script { mail: Some((530, "5.7.0 Authentication required")), ..Script::default() }, "530 5.7.0")]
#[case::recipient(Script { rcpt: Some((550, "5.1.1 <jo@example.com> unknown")), ..Script::default() }, "550 5.1.1")]
#[case::content(Script { end_of_data: Some((554, "jo@example.com hates it")), ..Script::default() }, "554")]
#[tokio::test]
async fn a_5xx_is_for_good(#[case] script: Script, #[case] code: &str) {
    let server = SmtpServer::start(script).await;
    let reason = permanent(plain(&server).send(&message()).await.expect_err("refused"));
    assert_eq!(reason, format!("the mail server refused the message: {code}"));
}

#[rstest]
#[case::sender(Script { mail: Some((421, "jo@example.com: busy")), ..Script::default() }, "421")]
#[case::recipient(Script { rcpt: Some((451, "4.7.1 <jo@example.com> greylisted")), ..Script::default() }, "451 4.7.1")]
#[case::content(Script { end_of_data: Some((452, "4.3.1 full")), ..Script::default() }, "452 4.3.1")]
#[tokio::test]
async fn a_4xx_passes(#[case] script: Script, #[case] code: &str) {
    let server = SmtpServer::start(script).await;
    let reason = temporary(plain(&server).send(&message()).await.expect_err("refused"));
    assert_eq!(reason, format!("the mail server refused the message: {code}"));
}

#[tokio::test]
async fn nobody_there_passes() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("smtp://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let reason = temporary(mailer(&url).send(&message()).await.expect_err("nobody"));
    assert!(reason.starts_with("the mail server cannot be reached: Connection refused"), "{reason}");
    assert_eq!(temporary(mailer(&url).check().await.expect_err("nobody")), reason);
}

#[rstest]
#[case::another_protocol(b"HTTP/1.1 400 Bad Request\r\n\r\n")]
#[case::nothing(b"")]
#[tokio::test]
async fn what_is_no_mail_server_passes(#[case] greeting: &'static [u8]) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("smtp://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        stream.write_all(greeting).await.expect("written");
    });
    let reason = temporary(mailer(&url).send(&message()).await.expect_err("no mail server"));
    assert_eq!(reason, "the mail server hung up, or is none");
}

#[tokio::test]
async fn silence_passes_and_is_not_waited_for_for_long() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("smtp://{}", listener.local_addr().expect("an address")).parse().expect("an address");
    let mailer = SmtpMailer::new(&url, Duration::from_millis(200)).expect("a mailer");
    let reason = temporary(mailer.send(&message()).await.expect_err("silence"));
    assert_eq!(reason, "the mail server did not answer in time");
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_not_taken_for_that_of_the_next_message() {
    let server = SmtpServer::start(Script { stalls_once: true.into(), ..Script::default() }).await;
    let url = format!("smtp://127.0.0.1:{}", server.port).parse().expect("an address");
    let mailer = SmtpMailer::new(&url, Duration::from_secs(1)).expect("a mailer");
    temporary(mailer.send(&message()).await.expect_err("silence"));
    let second = Message { to: "ann@example.com".parse().expect("an address"), ..message() };
    mailer.send(&second).await.expect("sent");
    assert_eq!(server.connections(), 2);
    assert_eq!(server.deliveries().last().expect("a delivery").to, ["ann@example.com"]);
}

#[tokio::test]
async fn credentials_are_shown_and_must_be_right() {
    let script = Script { login: Some(("crm@test", "p@ss/w:rd+&")), ..Script::default() };
    let server = SmtpServer::start(script).await;
    let with = |login: &str| mailer(&format!("smtp://{login}127.0.0.1:{}", server.port));
    let right = with("crm%40test:p%40ss%2Fw%3Ard+&@");
    right.check().await.expect("let in");
    right.send(&message()).await.expect("sent");
    assert_eq!(server.deliveries().len(), 1);

    let wrong = with("crm%40test:wrong@");
    let reason = "the mail server does not let us in: 535";
    assert_eq!(permanent(wrong.send(&message()).await.expect_err("refused")), reason);
    assert_eq!(permanent(wrong.check().await.expect_err("refused")), reason);
    permanent(with("").send(&message()).await.expect_err("refused"));
    assert_eq!(server.deliveries().len(), 1);
}

#[tokio::test]
async fn without_the_encryption_that_was_asked_for_nothing_is_said() {
    let script = Script { login: Some(("crm", "secret")), ..Script::default() };
    let server = SmtpServer::start(script).await;
    let strict = mailer(&format!("smtp://crm:secret@127.0.0.1:{}?tls=required", server.port));
    let reason = temporary(strict.send(&message()).await.expect_err("refused"));
    assert_eq!(reason, "the mail server cannot be reached: STARTTLS is not supported on this server");
    let lax = mailer(&format!("smtp://crm:secret@127.0.0.1:{}?tls=opportunistic", server.port));
    lax.send(&message()).await.expect("sent");
    assert_eq!(server.deliveries().len(), 1);
}

/// A certificate of our own making for `localhost`, as PEM, and who shows it.
fn certificate() -> (String, TlsAcceptor) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("protocols")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a configuration");
    (made.cert.pem(), TlsAcceptor::from(Arc::new(config)))
}

/// Runs [`sends_from_a_process_of_its_own`] where the machine's trusted certificates are those of this file.
async fn send_trusting(pem: &str, url: &str) -> Output {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), pem).expect("written");
    tokio::process::Command::new(std::env::current_exe().expect("a program"))
        .args(["--exact", "sends_from_a_process_of_its_own"])
        .env("SSL_CERT_FILE", file.path())
        .env_remove("SSL_CERT_DIR")
        .env("TEST_SMTP_URL", url)
        .output()
        .await
        .expect("a process")
}

/// By itself to a server without TLS. The tests of TLS start it again with a server and certificates of theirs, because what
/// a process trusts is settled when it starts.
#[tokio::test]
async fn sends_from_a_process_of_its_own() {
    let server = SmtpServer::start(Script::default()).await;
    let url = std::env::var("TEST_SMTP_URL").unwrap_or_else(|_| format!("smtp://localhost:{}", server.port));
    mailer(&url).send(&message()).await.expect("sent");
}

#[rstest]
#[case::from_the_first_byte(Tls::Wrapped, "smtps://crm:secret@localhost:PORT")]
#[case::by_starttls(Tls::Upgraded, "smtp://crm:secret@localhost:PORT?tls=required")]
#[case::by_starttls_if_offered(Tls::Upgraded, "smtp://crm:secret@localhost:PORT?tls=opportunistic")]
#[tokio::test]
async fn certificates_are_checked(#[case] tls: fn(TlsAcceptor) -> Tls, #[case] url: &str) {
    let (pem, acceptor) = certificate();
    let script = Script { tls: tls(acceptor), login: Some(("crm", "secret")), ..Script::default() };
    let server = SmtpServer::start(script).await;
    let url = url.replace("PORT", &server.port.to_string());

    let reason = temporary(mailer(&url).send(&message()).await.expect_err("an unknown certificate"));
    assert!(reason.contains("invalid peer certificate: UnknownIssuer"), "{reason}");
    assert_eq!(server.deliveries(), []);

    let output = send_trusting(&pem, &url).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let [delivery] = &server.deliveries()[..] else { panic!("{:?}", server.deliveries()) };
    assert!(delivery.encrypted);
}
