use std::time::Duration;

use outbound::http::StatusCode;
use serde::Deserialize;

use crate::mailer::{MailerError, shared::permanent};

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
    pub(super) fn read(answer: &outbound::Answer) -> Self {
        let retry_after = answer.retry_after().map(|wait| wait.min(LONGEST_WAIT));
        Self { status: answer.status, retry_after, body: answer.json().unwrap_or_default() }
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
