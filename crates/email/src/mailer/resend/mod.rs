mod answer;
mod request;

use std::time::Duration;

use async_trait::async_trait;
use outbound::{CallError, Client, Failure, Outbound, Profile, Request, http::StatusCode};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use self::{answer::Answer, request::SendEmail};
use super::{
    Mailer, MailerError, MailerSetupError, Message, Receipt,
    shared::{permanent, temporary},
};

/// Sends mail with Resend's HTTP API, each message under its id as idempotency key: Resend takes it once within 24 hours,
/// however often it is handed over.
#[derive(Debug, Clone)]
pub struct ResendMailer {
    client: Client,
    api_url: Url,
    api_key: SecretString,
}

impl ResendMailer {
    /// A mailer for this API address and key; a request may take `timeout`, connecting included.
    ///
    /// # Errors
    /// [`MailerSetupError`]
    pub fn new(
        outbound: &Outbound,
        api_url: Url,
        api_key: SecretString,
        timeout: Duration,
    ) -> Result<Self, MailerSetupError> {
        if !matches!(api_url.scheme(), "http" | "https") {
            return Err(MailerSetupError::ApiUrl);
        }
        if api_key.expose_secret().chars().any(char::is_control) {
            return Err(MailerSetupError::ApiKey);
        }
        let profile = Profile {
            timeout,
            max_answer_bytes: 64 * 1024,
            // The queue repeats, and says how much is on its way.
            retries: 0,
            concurrency: usize::MAX,
            ..Profile::new("resend")
        };
        Ok(Self { client: outbound.client(profile)?, api_url, api_key })
    }

    fn url(&self, page: &str) -> Url {
        let mut url = self.api_url.clone();
        // Addresses with http:// or https:// can have a path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(page);
        }
        url
    }

    async fn ask(&self, request: Request) -> Result<Answer, MailerError> {
        match self.client.send(request.bearer(&self.api_key)).await {
            Ok(answer) => Ok(Answer::read(&answer)),
            Err(error) => Err(unanswered(error)),
        }
    }
}

/// Whether Resend has the request is unknown, and with the idempotency key it does not matter.
fn unanswered(error: CallError) -> MailerError {
    match error.failure {
        Failure::Invalid => permanent("the request to resend cannot be written"),
        Failure::Timeout | Failure::ConnectTimeout | Failure::Busy => temporary("resend did not answer in time"),
        Failure::Unreachable { reason } => temporary(format!("resend cannot be reached: {reason}")),
        Failure::Unresolved | Failure::Refused(_) => {
            temporary("resend cannot be reached: its name cannot be looked up")
        }
        Failure::CircuitOpen { retry_after } => MailerError::Temporary {
            reason: "resend has failed too often and is not asked for a while".to_owned(),
            retry_after: Some(retry_after),
        },
        Failure::Lost | Failure::Redirects => temporary("the connection to resend was lost"),
    }
}

#[async_trait]
impl Mailer for ResendMailer {
    fn name(&self) -> &'static str {
        "resend"
    }

    async fn send(&self, message: &Message) -> Result<Receipt, MailerError> {
        let body = SendEmail::new(message)?;
        let request = Request::post(self.url("emails")).idempotency_key(&message.id.to_string());
        let answer = self.ask(request.json(&body)).await?;
        if answer.status.is_success() {
            return Ok(Receipt { provider_message_id: answer.message_id() });
        }
        Err(answer.failure())
    }

    /// A key that may only send is refused the list of domains, and that shows that it is a key.
    async fn check(&self) -> Result<(), MailerError> {
        let answer = self.ask(Request::get(self.url("domains")).once()).await?;
        let sends_only = answer.status == StatusCode::UNAUTHORIZED && answer.is_called("restricted_api_key");
        if answer.status.is_success() || sends_only {
            return Ok(());
        }
        Err(match answer.failure() {
            MailerError::Permanent { reason } => permanent(match answer.status.as_u16() {
                400 | 401 | 403 => format!("{reason}: it refuses the API key"),
                _ => format!("{reason}: its API is not at this address"),
            }),
            passing => passing,
        })
    }
}
