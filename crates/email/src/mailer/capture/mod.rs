mod folder;

use std::{io, path::PathBuf};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use self::folder::Folder;
use super::{Mailbox, Mailer, MailerError, Message, Receipt, shared::temporary};
use crate::domain::NotificationId;

/// A message as it would have been sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct CapturedMessage {
    pub id: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// When its cause happened.
    pub created_at: DateTime<Utc>,
}

impl From<&Message> for CapturedMessage {
    fn from(message: &Message) -> Self {
        Self {
            id: message.id.to_string(),
            to: message.to.to_string(),
            subject: message.content.subject.clone(),
            text: message.content.text.clone(),
            html: message.content.html.clone(),
            created_at: message.created_at,
        }
    }
}

/// Sends nothing and keeps the newest 500 messages, with live links and passwords in them: for development only.
#[derive(Debug, Clone)]
pub struct CaptureMailer(Folder);

impl CaptureMailer {
    /// A mailer that keeps messages in this directory. Nothing is touched before the first one.
    #[must_use]
    pub fn new(directory: PathBuf) -> Self {
        Self(Folder::new(directory))
    }

    /// Files are slow: they are not for a thread that others wait for.
    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Folder) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let folder = self.0.clone();
        tokio::task::spawn_blocking(move || work(&folder)).await.map_err(io::Error::other)?
    }
}

#[async_trait]
impl Mailer for CaptureMailer {
    fn name(&self) -> &'static str {
        "capture"
    }

    /// The same message again takes the place of the first.
    async fn send(&self, message: &Message) -> Result<Receipt, MailerError> {
        let message = CapturedMessage::from(message);
        self.apart(move |folder| folder.put(&message)).await.map_err(|error| unwritable(&error))?;
        Ok(Receipt::default())
    }

    async fn check(&self) -> Result<(), MailerError> {
        self.apart(Folder::probe).await.map_err(|error| unwritable(&error))
    }
}

#[async_trait]
impl Mailbox for CaptureMailer {
    async fn messages(&self) -> io::Result<Vec<CapturedMessage>> {
        self.apart(Folder::read).await
    }

    async fn message(&self, id: NotificationId) -> io::Result<Option<CapturedMessage>> {
        self.apart(move |folder| folder.find(id)).await
    }
}

fn unwritable(error: &io::Error) -> MailerError {
    temporary(format!("the mailbox cannot be written: {}", error.kind()))
}
