//! Problem details (RFC 9457): the ONE table from outcome to status, and the ONE place that writes
//! `application/problem+json` and logs what must not be told.

use std::{borrow::Cow, fmt, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use kernel::{DomainError, ErrorCode, ErrorKind, FieldCode, FieldError};
use serde::Serialize;
use utoipa::ToSchema;

use super::request_id::RequestId;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// An outcome other than success, on its way to the client.
///
/// Every domain error turns into one by `?`. What a client must not see (the source of an internal
/// error) stays inside and goes to the log only.
pub struct Problem(Box<Inner>);

/// Wrong fields are named together, but not more of them than this.
const MAX_ERRORS: usize = 100;

struct Inner {
    status: StatusCode,
    code: ErrorCode,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    retry_after: Option<Duration>,
    headers: Vec<(header::HeaderName, header::HeaderValue)>,
    source: Option<Source>,
}

/// The ONE table from the kind of an outcome to its HTTP status.
#[must_use]
pub const fn status_of(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::Validation => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        ErrorKind::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
        ErrorKind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Upstream => StatusCode::BAD_GATEWAY,
        ErrorKind::UpstreamTimeout => StatusCode::GATEWAY_TIMEOUT,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl Problem {
    /// A problem with its status, code and a sentence for the client.
    pub fn new(status: StatusCode, code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            headers: Vec::new(),
            source: None,
        }))
    }

    /// 422 VALIDATION_FAILED for these fields.
    #[must_use]
    pub fn validation(errors: Vec<FieldError>) -> Self {
        let mut problem =
            Self::new(StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::ValidationFailed, "One or more fields are wrong.");
        problem.0.errors = errors;
        problem.0.errors.truncate(MAX_ERRORS);
        problem
    }

    /// 422 VALIDATION_FAILED for one field.
    pub fn field(field: impl Into<Cow<'static, str>>, code: FieldCode, message: impl Into<String>) -> Self {
        Self::validation(vec![FieldError::new(field, code, message)])
    }

    /// 400 BAD_REQUEST: cannot be read at all.
    pub fn bad_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::BadRequest, detail)
    }

    /// 401 UNAUTHENTICATED: no credentials at all.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            ErrorCode::Unauthenticated,
            "Sign in and send the access token as a bearer token.",
        )
    }

    /// 403 FORBIDDEN.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, ErrorCode::Forbidden, "You are not allowed to do this.")
    }

    /// 404 NOT_FOUND: absent, or somebody else's; the two look the same.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, ErrorCode::NotFound, "There is nothing here.")
    }

    /// 503 with a code, to be tried again after a while.
    pub fn unavailable(code: ErrorCode, retry_after: Duration) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, "The service cannot do this right now. Try again soon.")
            .retry_after(retry_after)
    }

    /// 500 INTERNAL; the source goes to the log with the request's id.
    pub fn internal(source: impl Into<Source>) -> Self {
        let mut problem = Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            ErrorCode::Internal,
            "Something went wrong on our side. Tell us the requestId if it goes on.",
        );
        problem.0.source = Some(source.into());
        problem
    }

    /// Adds `Retry-After` (whole seconds, at least 1).
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.0.retry_after = Some(after);
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: header::HeaderName, value: header::HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// The wrong fields.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// The answer, and a log line for what is our fault. The only writer of problem+json.
    #[must_use]
    pub fn to_response(&self, request: &HttpRequest) -> HttpResponse {
        let inner = &*self.0;
        let request_id = RequestId::of(request);
        self.log(request_id.as_str());
        let mut response = HttpResponse::build(inner.status);
        if inner.status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, challenge(inner.code)));
        }
        if let Some(after) = inner.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds(after).to_string()));
        }
        for (name, value) in &inner.headers {
            response.insert_header((name.clone(), value.clone()));
        }
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        response.content_type("application/problem+json");
        let body = ProblemBody {
            type_: format!("/docs/errors#{}", inner.code),
            title: inner.status.canonical_reason().unwrap_or("Error"),
            status: inner.status.as_u16(),
            detail: &inner.detail,
            instance: request.uri().path(),
            code: inner.code,
            request_id: request_id.as_str(),
            errors: &inner.errors,
        };
        response.body(serde_json::to_vec(&body).unwrap_or_default())
    }

    fn log(&self, request_id: &str) {
        let inner = &*self.0;
        if !inner.status.is_server_error() {
            tracing::debug!(status = inner.status.as_u16(), code = %inner.code, "refused");
            return;
        }
        let cause = inner.source.as_deref().map(chain).unwrap_or_default();
        if inner.status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(request_id, code = %inner.code, cause, "internal error");
        } else {
            tracing::warn!(request_id, status = inner.status.as_u16(), code = %inner.code, cause, "cannot serve");
        }
    }
}

/// An error with all its sources, on one line.
fn chain(error: &(dyn std::error::Error + Send + Sync + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text.replace(['\n', '\r'], " ")
}

fn seconds(after: Duration) -> u64 {
    after.as_secs() + u64::from(after.subsec_nanos() > 0).max(u64::from(after.as_secs() == 0))
}

/// RFC 6750: an error parameter only where a token was sent.
fn challenge(code: ErrorCode) -> &'static str {
    if code.as_str().starts_with("TOKEN_") { "Bearer realm=\"nextcrm\", error=\"invalid_token\"" } else { "Bearer" }
}

impl<E: DomainError> From<E> for Problem {
    fn from(error: E) -> Self {
        let kind = error.kind();
        // What is not the client's doing is told in general words only.
        let detail: Cow<'static, str> = match kind {
            ErrorKind::Internal => return Self::internal(error),
            ErrorKind::Unavailable => "The service cannot do this right now. Try again soon.".into(),
            ErrorKind::Upstream => "A service that this depends on has failed. Try again later.".into(),
            ErrorKind::UpstreamTimeout => "A service that this depends on does not answer in time.".into(),
            _ => sentence(&error.to_string()).into(),
        };
        let mut problem = Self::new(status_of(kind), error.code(), detail);
        problem.0.errors = error.fields();
        problem.0.errors.truncate(MAX_ERRORS);
        problem.0.retry_after = match kind {
            ErrorKind::Unavailable => Some(error.retry_after().unwrap_or(Duration::from_secs(1))),
            _ => error.retry_after(),
        };
        problem.0.source = Some(Box::new(error));
        problem
    }
}

/// Error texts are fragments in lower case; clients get sentences.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let mut sentence: String = chars.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    sentence.push_str(chars.as_str());
    if !sentence.ends_with(['.', '?', '!']) {
        sentence.push('.');
    }
    sentence
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Problem({} {} {:?} {:?})", self.0.status, self.0.code, self.0.detail, self.0.errors)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0.status.as_u16(), self.0.code)
    }
}

impl std::error::Error for Problem {}

/// Where an extractor of actix carries a problem through `actix_web::Error`; the envelope writes it out.
impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.0.status)
    }
}

#[derive(Serialize)]
struct ProblemBody<'a> {
    #[serde(rename = "type")]
    type_: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    instance: &'a str,
    code: ErrorCode,
    #[serde(rename = "requestId")]
    request_id: &'a str,
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    errors: &'a [FieldError],
}

/// Problem details as of RFC 9457, the body of every answer that is no success.
#[derive(ToSchema)]
#[schema(as = Problem)]
#[allow(dead_code, reason = "only its schema is used; ProblemBody is what is written")]
pub struct ProblemSchema {
    /// The page that explains the code.
    #[schema(example = "/docs/errors#VALIDATION_FAILED")]
    r#type: String,
    /// The status in words.
    #[schema(example = "Unprocessable Entity")]
    title: String,
    /// The HTTP status.
    #[schema(example = 422)]
    status: u16,
    /// What is wrong, for people.
    detail: String,
    /// The path that was asked for.
    #[schema(example = "/api/admin/tenants")]
    instance: String,
    /// What is wrong, for programs; stable.
    #[schema(example = "VALIDATION_FAILED")]
    code: String,
    /// The request's id, as in `X-Request-Id`.
    #[schema(rename = "requestId")]
    request_id: String,
    /// The wrong fields, where fields are wrong.
    errors: Option<Vec<FieldErrorSchema>>,
}

/// A wrong field.
#[derive(ToSchema)]
#[schema(as = FieldError)]
#[allow(dead_code, reason = "only its schema is used")]
pub struct FieldErrorSchema {
    /// Path in the body as the client wrote it, or the parameter's name.
    #[schema(example = "owner.email")]
    field: String,
    /// What is wrong, for programs.
    #[schema(example = "INVALID")]
    code: String,
    /// What is wrong and how to mend it.
    message: String,
}
