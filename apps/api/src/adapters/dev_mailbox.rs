//! Development's stand-in for mail: messages with links and temporary passwords become files under
//! `DATA_DIR/mailbox`, shown by `GET /dev/mailbox`. Production never makes one.

mod folder;
mod letter;

use std::path::Path;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{
    outbox::{Event, EventHandler, HandlerError, secret_purpose},
    sealed::KeyRing,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::{folder::Folder, letter::Letter};

/// A message as it would have been sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CapturedMessage {
    /// Id of the event that caused it.
    pub id: String,
    /// The recipient's address.
    pub to: String,
    /// Subject line.
    pub subject: String,
    /// Plain-text part.
    pub text: String,
    /// HTML part, values escaped.
    pub html: String,
    /// When the cause happened.
    pub created_at: DateTime<Utc>,
}

/// Keeps the newest 500 messages.
#[derive(Debug, Clone)]
pub struct DevMailbox {
    folder: Folder,
    app_url: String,
    ring: KeyRing,
}

impl DevMailbox {
    /// A mailbox under the data directory, with links into the web app at `app_url`. Nothing is touched before
    /// the first message.
    #[must_use]
    pub fn new(data_dir: &Path, app_url: &str, ring: KeyRing) -> Self {
        Self { folder: Folder::new(data_dir.join("mailbox")), app_url: app_url.to_owned(), ring }
    }

    /// The messages, newest first.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub async fn messages(&self) -> std::io::Result<Vec<CapturedMessage>> {
        let folder = self.folder.clone();
        tokio::task::spawn_blocking(move || folder.read()).await.map_err(std::io::Error::other)?
    }

    fn render(&self, event: &Event) -> Result<CapturedMessage, HandlerError> {
        let sealed = event.secret.as_ref().ok_or("the event has no secret")?;
        let owner = event.tenant_id.map(|id| id.to_string()).unwrap_or_default();
        let secret = self.ring.open_text(&secret_purpose(&owner, &event.subject, &event.kind), sealed)?;
        let letter = Letter::read(&event.kind, &event.payload)?;
        letter.write(event, &self.app_url, &secret)
    }
}

#[async_trait]
impl EventHandler for DevMailbox {
    fn name(&self) -> &'static str {
        "dev_mailbox"
    }

    fn handles(&self, kind: &str) -> bool {
        letter::KINDS.contains(&kind)
    }

    /// A second delivery of an event overwrites its file with the same message.
    async fn handle(&self, event: &Event) -> Result<(), HandlerError> {
        let message = self.render(event)?;
        let folder = self.folder.clone();
        tokio::task::spawn_blocking(move || folder.put(&message)).await??;
        tracing::info!("a message waits in /dev/mailbox");
        Ok(())
    }
}

/// Text as it may stand in HTML, between tags and in quoted attributes.
#[must_use]
pub fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
#[path = "dev_mailbox/tests.rs"]
mod tests;
