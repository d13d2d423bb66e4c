//! The body extractor: bounded in size and time, JSON only, no compression, read strictly.

use std::{future::Future, ops::Deref, pin::Pin, time::Duration};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, dev,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::BytesMut,
};
use futures::StreamExt;
use kernel::ErrorCode;
use kernel::idempotency::BodyHash;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};

use super::{HttpSettings, Problem, idempotency::IDEMPOTENCY_KEY, strict_json};

const DEFAULT_LIMIT: usize = 1024 * 1024;
const DEFAULT_DEADLINE: Duration = Duration::from_secs(30);

/// A JSON body as a request DTO.
///
/// The DTO derives `Deserialize` with `rename_all = "camelCase", deny_unknown_fields`. Answers 413, 415, 408,
/// 400 MALFORMED_JSON or 422 naming the field, before the handler is called.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T> Json<T> {
    /// The DTO.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Json<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            check_content_type(&request, true)?;
            let bytes = read_body(&request, payload).await?;
            if request.headers().contains_key(&IDEMPOTENCY_KEY) {
                request.extensions_mut().insert(BodyHash::of(&bytes));
            }
            Ok(Self(strict_json::read(&bytes)?))
        })
    }
}

/// A request that takes no body: one may be there, but only an empty one or a JSON one, which is not read.
/// For routes that cookies alone authorise (security rule 3).
#[derive(Debug, Clone, Copy)]
pub struct NoBody;

impl FromRequest for NoBody {
    type Error = actix_web::Error;
    type Future = std::future::Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        std::future::ready(check_content_type(request, false).map(|()| Self).map_err(Into::into))
    }
}

fn unsupported(detail: &'static str) -> Problem {
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::UnsupportedMediaType, detail)
}

pub(super) fn check_content_type(request: &HttpRequest, required: bool) -> Result<(), Problem> {
    let encoding = request.headers().get(header::CONTENT_ENCODING);
    if encoding.is_some_and(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(unsupported("Request bodies must not be compressed.")
            .header(header::ACCEPT_ENCODING, HeaderValue::from_static("identity")));
    }
    let has_body = request.headers().contains_key(header::TRANSFER_ENCODING)
        || request.headers().get(header::CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0");
    let is_json = match request.headers().get(header::CONTENT_TYPE) {
        Some(value) => is_json(value),
        None => !required && !has_body,
    };
    if is_json { Ok(()) } else { Err(unsupported("The body must be sent as application/json.")) }
}

/// `application/json` or `application/*+json`, in UTF-8 if a charset is told.
fn is_json(value: &HeaderValue) -> bool {
    let Ok(text) = value.to_str() else { return false };
    let text = text.to_ascii_lowercase();
    let mut parts = text.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let json = essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"));
    json && parts.all(|part| {
        part.strip_prefix("charset=").is_none_or(|charset| matches!(charset.trim_matches('"'), "utf-8" | "utf8"))
    })
}

/// Reads a whole body within the limits of the configuration.
///
/// # Errors
/// 413, 408, or 400 when the connection breaks off.
pub(super) async fn read_body(request: &HttpRequest, mut payload: dev::Payload) -> Result<bytes::Bytes, Problem> {
    let (limit, deadline) = HttpSettings::of(request)
        .map_or((DEFAULT_LIMIT, DEFAULT_DEADLINE), |settings| (settings.body_limit, settings.body_deadline));
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<u64>().ok());
    if announced.is_some_and(|length| length > u64::try_from(limit).unwrap_or(u64::MAX)) {
        return Err(too_large(limit));
    }
    let read = async {
        let mut body = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| Problem::bad_request("The body broke off."))?;
            if body.len() + chunk.len() > limit {
                return Err(too_large(limit));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    };
    match tokio::time::timeout(deadline, read).await {
        Ok(outcome) => outcome,
        Err(_) => {
            let detail = format!("The body did not arrive within {} seconds.", deadline.as_secs());
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, ErrorCode::RequestTimeout, detail)
                .header(header::CONNECTION, HeaderValue::from_static("close")))
        }
    }
}

fn too_large(limit: usize) -> Problem {
    let detail = format!("The body must be at most {limit} bytes.");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::PayloadTooLarge, detail)
}

/// For fields of a PATCH: one that was given, be it `null`, is `Some`; one that was not stays `None` by
/// `#[serde(default)]`.
///
/// # Errors
/// As the field's own type says.
pub fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_json_when_it_sees_it() {
        let json = |text| is_json(&HeaderValue::from_static(text));
        assert!(json("application/json"));
        assert!(json("Application/JSON; charset=UTF-8"));
        assert!(json("application/merge-patch+json"));
        for other in
            ["text/plain", "text/json", "application/json; charset=utf-16", "application/x-www-form-urlencoded"]
        {
            assert!(!json(other), "{other}");
        }
    }
}
