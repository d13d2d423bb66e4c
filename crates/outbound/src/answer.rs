use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{
    HeaderMap, StatusCode,
    header::{AsHeaderName, DATE, RETRY_AFTER},
};
use serde::de::DeserializeOwned;

/// What the other side answered, whatever its status.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    body: Body,
}

/// Why the body of an answer is not whole. The status and the headers count all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BodyProblem {
    /// There is more than may be read.
    #[error("the answer is too long")]
    TooLong,
    /// It did not come in time.
    #[error("the answer did not end in time")]
    Timeout,
    /// The connection ended within it.
    #[error("the connection was lost within the answer")]
    Lost,
    /// It is not what was asked for.
    #[error("the answer cannot be read")]
    Unreadable,
}

impl Answer {
    /// The whole body.
    ///
    /// # Errors
    /// [`BodyProblem`] when it is not whole.
    pub fn body(&self) -> Result<&Bytes, BodyProblem> {
        self.body.problem.map_or(Ok(&self.body.bytes), Err)
    }

    /// What was read of the body, whole or not.
    #[must_use]
    pub fn beginning(&self) -> &[u8] {
        &self.body.bytes
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// [`BodyProblem`], also when it is something else.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, BodyProblem> {
        serde_json::from_slice(self.body()?).map_err(|_| BodyProblem::Unreadable)
    }

    /// How long the other side asks to wait before the next call.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.headers)
    }
}

impl From<reqwest::Response> for Answer {
    fn from(mut response: reqwest::Response) -> Self {
        let body = response.extensions_mut().remove::<Body>().unwrap_or_default();
        Self { status: response.status(), headers: std::mem::take(response.headers_mut()), body }
    }
}

/// A body that was read as far as it may be; stands in the extensions of a response whose own is empty, so that reading is
/// part of the try.
#[derive(Debug, Clone, Default)]
pub(crate) struct Body {
    bytes: Bytes,
    problem: Option<BodyProblem>,
}

impl Body {
    pub(crate) async fn read(response: &mut reqwest::Response, limit: usize) -> Self {
        let mut bytes = BytesMut::new();
        let problem = loop {
            match response.chunk().await {
                Ok(None) => break None,
                Ok(Some(chunk)) => {
                    let room = limit - bytes.len();
                    bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
                    if chunk.len() > room {
                        break Some(BodyProblem::TooLong);
                    }
                }
                Err(error) if error.is_timeout() => break Some(BodyProblem::Timeout),
                Err(_) => break Some(BodyProblem::Lost),
            }
        };
        Self { bytes: bytes.freeze(), problem }
    }
}

/// Whether a response's body was cut off by the other side.
pub(crate) fn is_cut_off(response: &reqwest::Response) -> Option<BodyProblem> {
    let problem = response.extensions().get::<Body>()?.problem;
    problem.filter(|problem| matches!(problem, BodyProblem::Lost | BodyProblem::Timeout))
}

/// Seconds, or a date; a date counts from the answer's own, so that our clock need not agree with theirs.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    match text.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => date(headers, RETRY_AFTER)?.duration_since(date(headers, DATE)?).ok(),
    }
}

fn date(headers: &HeaderMap, name: impl AsHeaderName) -> Option<std::time::SystemTime> {
    httpdate::parse_http_date(headers.get(name)?.to_str().ok()?.trim()).ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("7", Some(7))]
    #[case("0", Some(0))]
    #[case(" 7 ", Some(7))]
    #[case("Sun, 01 Mar 2026 10:01:30 GMT", Some(90))]
    #[case("Sun, 01 Mar 2026 09:00:00 GMT", None)]
    #[case("soon", None)]
    #[case("-1", None)]
    #[case("1.5", None)]
    #[case("99999999999999999999999", None)]
    fn they_may_say_when(#[case] text: &str, #[case] expected: Option<u64>) {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_str(text).expect("a value"));
        headers.insert(DATE, HeaderValue::from_static("Sun, 01 Mar 2026 10:00:00 GMT"));
        assert_eq!(retry_after(&headers), expected.map(Duration::from_secs));
    }
}
