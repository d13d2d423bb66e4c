mod connections;
mod mime;
mod outcome;
mod url;

use std::time::Duration;

use async_trait::async_trait;

use self::connections::Connections;
pub use self::url::{InvalidSmtpUrl, SmtpUrl};
use super::{Mailer, MailerError, MailerSetupError, Message, Receipt, shared::temporary};

/// Sends mail through an SMTP server. SMTP knows no idempotency keys: a message whose acknowledgement was lost is sent
/// again. All its copies have one Message-ID and the same bytes, by which servers and mail programs can tell that they
/// are one.
#[derive(Debug)]
pub struct SmtpMailer {
    connections: Connections,
    timeout: Duration,
}

impl SmtpMailer {
    /// A mailer for this server; sending may take `timeout`, connecting and signing in included.
    ///
    /// # Errors
    /// [`MailerSetupError`]
    pub fn new(url: &SmtpUrl, timeout: Duration) -> Result<Self, MailerSetupError> {
        let connections = Connections::new(url.clone(), timeout).map_err(MailerSetupError::Tls)?;
        Ok(Self { connections, timeout })
    }

    async fn hand_over(&self, mail: &lettre::Message) -> Result<(), MailerError> {
        let mut connection = self.connections.take().await.map_err(|error| outcome::of_connecting(&error))?;
        connection.send(mail.envelope(), &mail.formatted()).await.map_err(|error| outcome::of_sending(&error))?;
        self.connections.give_back(connection);
        Ok(())
    }

    async fn connect(&self) -> Result<(), MailerError> {
        let mut connection = self.connections.open().await.map_err(|error| outcome::of_connecting(&error))?;
        if !connection.test_connected().await {
            return Err(temporary("the mail server refuses to do nothing (NOOP)"));
        }
        self.connections.give_back(connection);
        Ok(())
    }

    /// One who gives up in the middle drops the connection: the answer still to come must not pass for that of the next
    /// message.
    async fn in_time<T>(&self, work: impl Future<Output = Result<T, MailerError>> + Send) -> Result<T, MailerError> {
        let late = |_| Err(temporary("the mail server did not answer in time"));
        tokio::time::timeout(self.timeout, work).await.unwrap_or_else(late)
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    fn name(&self) -> &'static str {
        "smtp"
    }

    async fn send(&self, message: &Message) -> Result<Receipt, MailerError> {
        let mail = mime::build(message)?;
        self.in_time(self.hand_over(&mail)).await?;
        Ok(Receipt { provider_message_id: Some(mime::message_id(message)) })
    }

    async fn check(&self) -> Result<(), MailerError> {
        self.in_time(self.connect()).await
    }
}
