use std::{borrow::Cow, time::Duration};

use bytes::Bytes;
use http::{
    HeaderName, HeaderValue, Method,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use url::Url;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// What is to be sent. What cannot be written makes the call fail with [`Failure::Invalid`](crate::Failure::Invalid).
#[derive(Debug)]
pub struct Request {
    pub(crate) inner: reqwest::Request,
    pub(crate) key: Option<Cow<'static, str>>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_answer_bytes: Option<usize>,
    pub(crate) is_valid: bool,
    may_be_repeated: bool,
}

impl Request {
    /// A request without a body. GET, HEAD, OPTIONS, PUT and DELETE may be repeated, others when they are marked.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        let may_be_repeated = method.is_idempotent();
        let inner = reqwest::Request::new(method, url);
        Self { inner, key: None, timeout: None, max_answer_bytes: None, is_valid: true, may_be_repeated }
    }

    /// GET.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// POST.
    #[must_use]
    pub fn post(url: Url) -> Self {
        Self::new(Method::POST, url)
    }

    /// Under which circuit and limit the call counts, such as an endpoint's id; else the address's origin. Never a secret.
    #[must_use]
    pub fn key(mut self, key: impl Into<Cow<'static, str>>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Sets a header; a value that is no text of a header makes the request invalid.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        self.set(name, value, false);
        self
    }

    /// Shows a token that gives access; it does not show in `Debug`.
    #[must_use]
    pub fn bearer(mut self, token: &SecretString) -> Self {
        self.set(AUTHORIZATION, &format!("Bearer {}", token.expose_secret()), true);
        self
    }

    /// Sends `Idempotency-Key`: whoever knows it does the same thing once, so that the call may be repeated.
    #[must_use]
    pub fn idempotency_key(self, key: &str) -> Self {
        self.header(IDEMPOTENCY_KEY, key).idempotent()
    }

    /// Doing it twice is as doing it once: the call may be repeated.
    #[must_use]
    pub fn idempotent(mut self) -> Self {
        self.may_be_repeated = true;
        self
    }

    /// The call is one try, whatever the method.
    #[must_use]
    pub fn once(mut self) -> Self {
        self.may_be_repeated = false;
        self
    }

    /// Sends these bytes.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.set(CONTENT_TYPE, content_type, false);
        *self.inner.body_mut() = Some(reqwest::Body::from(body.into()));
        self
    }

    /// Sends JSON.
    #[must_use]
    pub fn json(mut self, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => self.body("application/json", body),
            Err(_) => {
                self.is_valid = false;
                self
            }
        }
    }

    /// Another time for the whole call than the profile's.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Another limit of the answer than the profile's.
    #[must_use]
    pub fn max_answer_bytes(mut self, limit: usize) -> Self {
        self.max_answer_bytes = Some(limit);
        self
    }

    pub(crate) fn may_be_repeated(&self) -> bool {
        self.may_be_repeated
    }

    fn set(&mut self, name: HeaderName, value: &str, is_secret: bool) {
        let Ok(mut value) = HeaderValue::from_str(value) else {
            self.is_valid = false;
            return;
        };
        value.set_sensitive(is_secret);
        self.inner.headers_mut().insert(name, value);
    }
}
