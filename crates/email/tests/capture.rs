//! `CaptureMailer`: mail as files.

mod support;

use email::mailer::{CaptureMailer, CapturedMessage, Mailbox, Mailer, MailerError, Message, Receipt};
use support::message;
use tempfile::TempDir;
use uuid::Uuid;

fn mailbox() -> (TempDir, CaptureMailer) {
    let directory = tempfile::tempdir().expect("a directory");
    let mailer = CaptureMailer::new(directory.path().join("data/mailbox"));
    (directory, mailer)
}

fn numbered(number: u128) -> Message {
    Message { id: Uuid::from_u128(number).into(), ..message() }
}

#[tokio::test]
async fn a_message_is_kept_as_it_would_have_been_sent() {
    let (_directory, mailer) = mailbox();
    assert_eq!(mailer.messages().await.expect("empty"), []);
    let message = message();
    assert_eq!(mailer.send(&message).await, Ok(Receipt::default()));
    let expected = CapturedMessage {
        id: message.id.to_string(),
        to: "jo@example.com".into(),
        subject: message.content.subject.clone(),
        text: message.content.text.clone(),
        html: message.content.html.clone(),
        created_at: message.created_at,
    };
    assert_eq!(mailer.message(message.id).await.expect("read").as_ref(), Some(&expected));
    assert_eq!(mailer.messages().await.expect("read"), [expected]);
    assert_eq!(mailer.message(numbered(7).id).await.expect("read"), None);
}

#[tokio::test]
async fn the_same_message_again_takes_the_place_of_the_first() {
    let (_directory, mailer) = mailbox();
    mailer.send(&message()).await.expect("kept");
    let again = Message { to: "ann@example.com".parse().expect("an address"), ..message() };
    mailer.send(&again).await.expect("kept");
    let messages = mailer.messages().await.expect("read");
    assert_eq!(messages.iter().map(|it| &*it.to).collect::<Vec<_>>(), ["ann@example.com"]);
}

#[tokio::test]
async fn the_newest_five_hundred_stay_and_what_is_no_message_is_not_shown() {
    let (directory, mailer) = mailbox();
    for number in 0..503 {
        mailer.send(&numbered(number)).await.expect("kept");
    }
    let path = directory.path().join("data/mailbox");
    let ids = |messages: Vec<CapturedMessage>| messages.into_iter().map(|it| it.id).collect::<Vec<_>>();
    let newest_first: Vec<String> = (3..503).rev().map(|number| Uuid::from_u128(number).to_string()).collect();
    assert_eq!(ids(mailer.messages().await.expect("read")), newest_first);
    assert_eq!(std::fs::read_dir(&path).expect("a directory").count(), 500);

    std::fs::write(path.join("half.tmp"), "{").expect("written");
    std::fs::write(path.join(format!("{}.json", Uuid::from_u128(502))), "{").expect("written");
    assert_eq!(ids(mailer.messages().await.expect("read")), newest_first[1..]);
    assert_eq!(mailer.message(numbered(502).id).await.expect("read"), None);
}

#[tokio::test]
async fn many_at_once_leave_whole_messages() {
    let (_directory, mailer) = mailbox();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..40 {
        let mailer = mailer.clone();
        tasks.spawn(async move { mailer.send(&numbered(number % 8)).await });
    }
    while let Some(sent) = tasks.join_next().await {
        sent.expect("no panic").expect("kept");
    }
    assert_eq!(mailer.messages().await.expect("read").len(), 8);
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let (directory, mailer) = mailbox();
    mailer.send(&message()).await.expect("kept");
    let path = directory.path().join("data/mailbox");
    let mode = |path: &std::path::Path| path.metadata().expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    assert_eq!(mode(&path.join(format!("{}.json", message().id))), 0o600);
}

#[tokio::test]
async fn a_directory_that_cannot_be_written_is_told_of_and_tried_again() {
    let (directory, mailer) = mailbox();
    mailer.check().await.expect("to be made");
    assert!(!directory.path().join("data").exists(), "a check makes nothing");
    assert_eq!(mailer.messages().await.expect("empty"), []);
    let file = directory.path().join("file");
    std::fs::write(&file, "").expect("written");
    let mailer = CaptureMailer::new(file.join("mailbox"));
    let expected =
        MailerError::Temporary { reason: "the mailbox cannot be written: not a directory".into(), retry_after: None };
    assert_eq!(mailer.check().await, Err(expected.clone()));
    assert_eq!(mailer.send(&message()).await, Err(expected));
}
