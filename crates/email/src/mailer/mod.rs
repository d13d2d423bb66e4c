//! Handing mail over: the port [`Mailer`], and three who implement it.

mod capture;
mod resend;
mod shared;
mod smtp;

use std::{io, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{EmailAddress, TenantId};

pub use self::{
    capture::{CaptureMailer, CapturedMessage},
    resend::ResendMailer,
    smtp::{InvalidSmtpUrl, SmtpMailer, SmtpUrl},
};
use crate::domain::{Brand, NotificationId, Rendered, Template};

/// A mail as it is handed over. Its `Debug` shows neither address nor content.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Which notification; the provider's idempotency key: the same at every attempt.
    pub id: NotificationId,
    /// Name and address of the sender.
    pub from: (String, EmailAddress),
    /// Whom it is for.
    pub to: EmailAddress,
    /// Where answers go.
    pub reply_to: EmailAddress,
    /// Subject and both parts.
    pub content: Rendered,
    /// What it was made from; a tag.
    pub template: Template,
    /// Which workshop it concerns; a tag.
    pub tenant_id: Option<TenantId>,
    /// When its cause happened.
    pub created_at: DateTime<Utc>,
}

impl Message {
    /// A message from the brand's sender.
    #[must_use]
    pub fn new(id: NotificationId, brand: &Brand, to: EmailAddress, template: Template, content: Rendered) -> Self {
        let name = brand.sender_name.as_ref().unwrap_or(&brand.name);
        let from = (name.clone(), brand.sender.clone());
        let reply_to = brand.support.clone();
        Self { id, from, to, reply_to, content, template, tenant_id: None, created_at: DateTime::UNIX_EPOCH }
    }
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message").field("id", &self.id).field("template", &self.template).finish_non_exhaustive()
    }
}

/// The provider has taken the message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Receipt {
    /// What the provider calls it, if it calls it anything.
    pub provider_message_id: Option<String>,
}

/// The provider has not taken the message, or has not told so. The texts hold no addresses and no secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailerError {
    /// It may do so later: no answer, too many requests, a fault of theirs.
    #[error("{reason}")]
    Temporary {
        /// What happened.
        reason: String,
        /// How long they ask to wait.
        retry_after: Option<Duration>,
    },
    /// It never will.
    #[error("{reason}")]
    Permanent {
        /// What happened.
        reason: String,
    },
}

/// Whoever carries mail.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait Mailer: Send + Sync {
    /// For logs, metrics and the log's rows: `resend`, `smtp`, `capture`.
    fn name(&self) -> &'static str;

    /// Hands a message over, within the mailer's own time-out. With the same [`Message::id`] it may be called again after
    /// any failure; providers that know keys deliver it once.
    ///
    /// # Errors
    /// [`MailerError`]
    async fn send(&self, message: &Message) -> Result<Receipt, MailerError>;

    /// Whether the provider can be reached and lets us in; sends nothing.
    ///
    /// # Errors
    /// [`MailerError`] with what to mend.
    async fn check(&self) -> Result<(), MailerError>;
}

/// Where captured mail can be read.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait Mailbox: Send + Sync {
    /// The messages, newest first.
    ///
    /// # Errors
    /// When they cannot be read.
    async fn messages(&self) -> io::Result<Vec<CapturedMessage>>;

    /// One message.
    ///
    /// # Errors
    /// When it cannot be read.
    async fn message(&self, id: NotificationId) -> io::Result<Option<CapturedMessage>>;
}

/// A mailer cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum MailerSetupError {
    /// The key cannot stand in a header.
    #[error("the API key has characters that no key has")]
    ApiKey,
    /// The address can have no path.
    #[error("the provider's address must be http:// or https://")]
    ApiUrl,
    /// No HTTP client, mostly for want of certificates.
    #[error("no HTTP client")]
    Http(#[from] outbound::SetupError),
    /// No TLS, mostly for want of certificates.
    #[error("no TLS for SMTP")]
    Tls(#[source] lettre::transport::smtp::Error),
}
