use std::{borrow::Cow, time::Duration};

use serde::Serialize;

use crate::{ErrorCode, FieldCode};

/// The kinds of outcomes; the shell has one table from kind to HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// A field is wrong (422).
    Validation,
    /// Not signed in (401).
    Unauthenticated,
    /// Signed in, not allowed (403).
    Forbidden,
    /// Absent, or another tenant's (404).
    NotFound,
    /// The state forbids it (409).
    Conflict,
    /// `If-Match` did not match (412).
    PreconditionFailed,
    /// The route asks for a header that is not there (428).
    PreconditionRequired,
    /// Too many tries (429).
    RateLimited,
    /// Somebody else's server failed (502).
    Upstream,
    /// Somebody else's server does not answer in time (504).
    UpstreamTimeout,
    /// Try again later (503).
    Unavailable,
    /// A fault of ours (500).
    Internal,
}

/// One wrong field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Path in the body as the client wrote it (`owner.email`, `metrics[3].value`), or the parameter's name.
    pub field: Cow<'static, str>,
    /// What is wrong, for programs.
    pub code: FieldCode,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl FieldError {
    /// Names the field, the code and the fix.
    pub fn new(field: impl Into<Cow<'static, str>>, code: FieldCode, message: impl Into<String>) -> Self {
        Self { field: field.into(), code, message: message.into() }
    }
}

/// What every domain crate's error enum tells the shell.
pub trait DomainError: std::error::Error + Send + Sync + 'static {
    /// Which kind of outcome.
    fn kind(&self) -> ErrorKind;
    /// The code on the wire.
    fn code(&self) -> ErrorCode;
    /// The wrong fields, for [`ErrorKind::Validation`].
    fn fields(&self) -> Vec<FieldError> {
        Vec::new()
    }
    /// When to try again, for [`ErrorKind::RateLimited`] and [`ErrorKind::Unavailable`].
    fn retry_after(&self) -> Option<Duration> {
        None
    }
}
