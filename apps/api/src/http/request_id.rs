//! The id of a request, answered in `X-Request-Id` and in every log line about it.

use actix_web::{HttpMessage, HttpRequest, http::header::HeaderName};
use kernel::{Clock, Entropy};

/// The header's name.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const MAX_LENGTH: usize = 64;

/// A request's id: the caller's if it is a sane one, else a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// Takes over 1 to 64 characters of `[A-Za-z0-9._-]`; makes a new id for anything else.
    pub fn inbound_or_new(inbound: Option<&str>, clock: &dyn Clock, entropy: &dyn Entropy) -> Self {
        match inbound {
            Some(text) if is_sane(text) => Self(text.to_owned()),
            _ => Self(entropy.uuid_v7(clock.now()).to_string()),
        }
    }

    /// The id that the envelope gave this request; `unknown` outside of it.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        request.extensions().get::<Self>().cloned().unwrap_or_else(|| Self("unknown".to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_sane(text: &str) -> bool {
    (1..=MAX_LENGTH).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_only_sane_ids_over() {
        let id = |text: &str| RequestId::inbound_or_new(Some(text), &kernel::SystemClock, &kernel::OsEntropy).0;
        assert_eq!(id("a.B_c-9"), "a.B_c-9");
        for odd in ["", "a b", "a\"b", "\u{e4}", &"x".repeat(65)] {
            assert_ne!(id(odd), odd);
        }
    }
}
