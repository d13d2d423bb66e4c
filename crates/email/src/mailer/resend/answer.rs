use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use reqwest::{
    Response, StatusCode,
    header::{AsHeaderName, DATE, HeaderMap, RETRY_AFTER},
};
use serde::Deserialize;

use crate::mailer::{MailerError, shared::permanent};

/// More is not read of an answer.
const LIMIT: usize = 64 * 1024;

/// Longer than this we do not wait, whatever they ask.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// What Resend answered, as far as it matters.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    retry_after: Option<Duration>,
    body: Body,
}

/// A message's id, or the name of an error. Errors have a text too, but that may hold addresses.
#[derive(Deserialize, Default)]
struct Body {
    id: Option<String>,
    name: Option<String>,
}

impl Answer {
    /// An answer without a readable body is one all the same.
    pub(super) async fn read(response: Response) -> Self {
        let status = response.status();
        let retry_after = retry_after(response.headers());
        let bytes = read(response).await;
        let body = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Self { status, retry_after, body }
    }

    /// What Resend calls the message that it took.
    pub(super) fn message_id(&self) -> Option<String> {
        let is_id = |id: &String| (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
        self.body.id.clone().filter(is_id)
    }

    pub(super) fn is_called(&self, name: &str) -> bool {
        self.body.name.as_deref() == Some(name)
    }

    /// What an answer without success means.
    pub(super) fn failure(&self) -> MailerError {
        let reason = self.to_string();
        match self.status.as_u16() {
            409 if self.is_called("concurrent_idempotent_requests") => self.temporary(reason),
            409 if self.is_called("invalid_idempotent_request") => {
                permanent(format!("{reason}: it already has a message under this key, with other content"))
            }
            408 | 425 | 429 | 500..=599 => self.temporary(reason),
            _ => permanent(reason),
        }
    }

    fn temporary(&self, reason: String) -> MailerError {
        let tells_when = matches!(self.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
        MailerError::Temporary { reason, retry_after: self.retry_after.filter(|_| tells_when) }
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "resend answered {}", self.status.as_u16())?;
        let is_plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let name: String = self.body.name.iter().flat_map(|name| name.chars()).filter(is_plain).take(64).collect();
        if name.is_empty() { Ok(()) } else { write!(f, " ({name})") }
    }
}

async fn read(mut response: Response) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if bytes.len() + chunk.len() > LIMIT {
            return None;
        }
        bytes.extend_from_slice(&chunk);
    }
    Some(bytes)
}

/// Seconds, or a date; a date counts from the answer's own, so that our clock need not agree with theirs.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => (date(headers, RETRY_AFTER)? - date(headers, DATE)?).to_std().ok()?,
    };
    Some(wait.min(LONGEST_WAIT))
}

fn date(headers: &HeaderMap, name: impl AsHeaderName) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc2822(headers.get(name)?.to_str().ok()?.trim()).ok()
}
