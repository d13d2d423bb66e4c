//! A successful answer: status, headers and a JSON body, built before the commit so that an
//! idempotency key can keep it.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use bytes::Bytes;
use cookie::Cookie;
use serde::Serialize;
use utoipa::ToSchema;

use super::Problem;

/// A JSON answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

impl Answer {
    /// An answer of any status.
    ///
    /// # Errors
    /// When the body cannot be written as JSON, which is a fault of ours.
    pub fn json(status: StatusCode, body: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_vec(body).map_err(Problem::internal)?;
        Ok(Self { status, headers: Vec::new(), body: body.into() })
    }

    /// 200.
    ///
    /// # Errors
    /// As [`Answer::json`].
    pub fn ok(body: &impl Serialize) -> Result<Self, Problem> {
        Self::json(StatusCode::OK, body)
    }

    /// 201 with the new object's address.
    ///
    /// # Errors
    /// As [`Answer::json`].
    pub fn created(location: &str, body: &impl Serialize) -> Result<Self, Problem> {
        let location = HeaderValue::from_str(location).map_err(Problem::internal)?;
        Ok(Self::json(StatusCode::CREATED, body)?.header(header::LOCATION, location))
    }

    /// 200 `{ "message": ... }`.
    #[must_use]
    pub fn message(text: &'static str) -> Self {
        let body = serde_json::json!({ "message": text }).to_string();
        Self { status: StatusCode::OK, headers: Vec::new(), body: body.into() }
    }

    /// The same answer with another status.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Adds the strong `ETag` of an object's version.
    #[must_use]
    pub fn etag(self, version: i64) -> Self {
        let tag = format!("\"{version}\"");
        match HeaderValue::from_str(&tag) {
            Ok(value) => self.header(header::ETAG, value),
            Err(_) => self,
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Sets or deletes a cookie.
    #[must_use]
    pub fn cookie(self, cookie: &Cookie<'_>) -> Self {
        match HeaderValue::from_str(&cookie.to_string()) {
            Ok(value) => self.header(header::SET_COOKIE, value),
            Err(_) => self,
        }
    }

    /// Its parts, for keeping: status, headers, body.
    #[must_use]
    pub fn parts(&self) -> (u16, Vec<(String, String)>, &[u8]) {
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        (self.status.as_u16(), headers, &self.body)
    }

    /// An answer from kept parts; `None` when they are not well-formed.
    #[must_use]
    pub fn from_parts(status: u16, headers: &[(String, String)], body: Vec<u8>) -> Option<Self> {
        let headers = headers
            .iter()
            .map(|(name, value)| {
                Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(value).ok()?))
            })
            .collect::<Option<Vec<_>>>()?;
        Some(Self { status: StatusCode::from_u16(status).ok()?, headers, body: body.into() })
    }
}

/// What [`Answer::message`] answers, for the documentation.
#[derive(ToSchema)]
#[schema(as = Message)]
#[allow(dead_code, reason = "only its description is used")]
pub struct MessageSchema {
    /// What was done.
    message: String,
}

impl Responder for Answer {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        for header in self.headers {
            response.append_header(header);
        }
        response.content_type("application/json").body(self.body)
    }
}
