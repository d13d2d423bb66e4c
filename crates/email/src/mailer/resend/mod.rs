mod answer;
mod request;

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, RequestBuilder, StatusCode, header::HeaderValue, redirect::Policy};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use self::{answer::Answer, request::SendEmail};
use super::{
    Mailer, MailerError, MailerSetupError, Message, Receipt,
    shared::{permanent, root_cause, temporary},
};

/// Sends mail with Resend's HTTP API, each message under its id as idempotency key: Resend takes it once within 24 hours,
/// however often it is handed over.
#[derive(Debug, Clone)]
pub struct ResendMailer {
    http: Client,
    api_url: Url,
    api_key: SecretString,
}

const USER_AGENT: &str = concat!("NextCRM/", env!("CARGO_PKG_VERSION"));

/// The most that connecting may take of a request's time.
const CONNECT: Duration = Duration::from_secs(5);

impl ResendMailer {
    /// A mailer for this API address and key; a request may take `timeout`, connecting included.
    ///
    /// # Errors
    /// [`MailerSetupError`]
    pub fn new(api_url: Url, api_key: SecretString, timeout: Duration) -> Result<Self, MailerSetupError> {
        if !matches!(api_url.scheme(), "http" | "https") {
            return Err(MailerSetupError::ApiUrl);
        }
        HeaderValue::from_str(api_key.expose_secret()).map_err(|_| MailerSetupError::ApiKey)?;
        let http = Client::builder()
            .user_agent(USER_AGENT)
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(timeout.min(CONNECT))
            .timeout(timeout)
            .build()
            .map_err(MailerSetupError::Http)?;
        Ok(Self { http, api_url, api_key })
    }

    fn url(&self, page: &str) -> Url {
        let mut url = self.api_url.clone();
        // Addresses with http:// or https:// can have a path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(page);
        }
        url
    }

    async fn ask(&self, request: RequestBuilder) -> Result<Answer, MailerError> {
        match request.bearer_auth(self.api_key.expose_secret()).send().await {
            Ok(response) => Ok(Answer::read(response).await),
            Err(error) => Err(unanswered(&error)),
        }
    }
}

/// Whether Resend has the request is unknown, and with the idempotency key it does not matter.
fn unanswered(error: &reqwest::Error) -> MailerError {
    if error.is_builder() {
        permanent("the request to resend cannot be written")
    } else if error.is_timeout() {
        temporary("resend did not answer in time")
    } else if error.is_connect() {
        temporary(format!("resend cannot be reached: {}", root_cause(error)))
    } else {
        temporary("the connection to resend was lost")
    }
}

#[async_trait]
impl Mailer for ResendMailer {
    fn name(&self) -> &'static str {
        "resend"
    }

    async fn send(&self, message: &Message) -> Result<Receipt, MailerError> {
        let body = SendEmail::new(message)?;
        let request = self.http.post(self.url("emails")).header("Idempotency-Key", message.id.to_string());
        let answer = self.ask(request.json(&body)).await?;
        if answer.status.is_success() {
            return Ok(Receipt { provider_message_id: answer.message_id() });
        }
        Err(answer.failure())
    }

    /// A key that may only send is refused the list of domains, and that shows that it is a key.
    async fn check(&self) -> Result<(), MailerError> {
        let answer = self.ask(self.http.get(self.url("domains"))).await?;
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
