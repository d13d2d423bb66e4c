//! What surrounds every request, in one place: request id, refusal of undecodable addresses, problem+json
//! for every error, security headers, access log and metrics.

use std::time::{Duration, Instant};

use actix_web::{
    Error, HttpMessage,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};
use kernel::{ErrorCode, OsEntropy, SystemClock};
use tracing::Instrument;

use super::{HttpSettings, Problem, RequestId, X_REQUEST_ID, metrics, routes::RouteTemplate};

/// Longest path and query, in bytes.
const MAX_TARGET: usize = 8 * 1024;

/// The middleware; the outermost one.
///
/// # Errors
/// Only what no request is left to answer for.
pub async fn envelope(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let settings = request.app_data::<web::Data<HttpSettings>>().cloned();
    let request_id = request_id(&request, settings.as_deref().map(|settings| &**settings));
    let method = metrics::method(request.method());
    request.extensions_mut().insert(request_id.clone());
    let span = tracing::info_span!("request", request_id = request_id.as_str());
    let response = next.call(request).instrument(span.clone()).await?.map_into_boxed_body();
    Ok(span.in_scope(|| {
        let mut response = into_problem(response);
        let hsts = settings.is_some_and(|settings| settings.hsts);
        set_headers(response.headers_mut(), &request_id, hsts);
        let template = response.request().extensions().get::<RouteTemplate>().cloned();
        let route = template.as_ref().map_or("unmatched", |template| &*template.0);
        let (status, took) = (response.status().as_u16(), started.elapsed());
        metrics::record(method, route, status, took);
        // Never the path itself (ids, addresses), never the query: see docs/logging.md.
        tracing::info!(
            target: "nextcrm::access",
            method,
            route,
            status,
            ms = millis(took),
            "answered"
        );
        response
    }))
}

/// Refuses addresses that cannot be decoded. Inside of CORS, so that a web app can read why.
///
/// # Errors
/// As [`envelope`].
pub async fn decodable(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match check_target(request.uri()) {
        Ok(()) => Ok(next.call(request).await?.map_into_boxed_body()),
        Err(problem) => {
            let response = problem.to_response(request.request());
            Ok(request.into_response(response))
        }
    }
}

/// Milliseconds with three decimals.
fn millis(took: Duration) -> f64 {
    (took.as_secs_f64() * 1e6).round() / 1e3
}

fn request_id(request: &ServiceRequest, settings: Option<&HttpSettings>) -> RequestId {
    let inbound = request.headers().get(&X_REQUEST_ID).and_then(|value| value.to_str().ok());
    match settings {
        Some(settings) => RequestId::inbound_or_new(inbound, &*settings.clock, &*settings.entropy),
        None => RequestId::inbound_or_new(inbound, &SystemClock, &OsEntropy),
    }
}

/// 400 for a path or query that cannot be decoded, an encoded slash or NUL in the path included.
fn check_target(uri: &actix_web::http::Uri) -> Result<(), Problem> {
    let query = uri.query().unwrap_or_default();
    if uri.path().len() + query.len() > MAX_TARGET {
        return Err(Problem::bad_request(format!("The address must be at most {MAX_TARGET} bytes long.")));
    }
    let path = decode(uri.path()).ok_or_else(|| Problem::bad_request("The path cannot be decoded."))?;
    let slashes = |text: &str| text.bytes().filter(|b| matches!(b, b'/' | b'\\')).count();
    if path.contains('\0') || slashes(&path) != slashes(uri.path()) {
        return Err(Problem::bad_request("The path must not contain an encoded slash or NUL."));
    }
    decode(query).map(|_| ()).ok_or_else(|| Problem::bad_request("The query cannot be decoded."))
}

/// Percent-decodes; `None` for a broken escape or what is no UTF-8.
pub(super) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.extend(hex::decode(digits).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Every error leaves as problem+json: ours, and those of the framework that know only a status.
fn into_problem(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let is_problem = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/problem+json"));
    if !is_error || is_problem {
        return response;
    }
    let mut written = match response.response().error().and_then(|error| error.as_error::<Problem>()) {
        Some(problem) => problem.to_response(response.request()),
        None => plain(status).to_response(response.request()),
    };
    // What inner layers have added stays (CORS, Vary); what told of the old body does not.
    for (name, value) in response.headers() {
        let of_body = [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_ENCODING].contains(name);
        if !of_body && !written.headers().contains_key(name) {
            written.headers_mut().append(name.clone(), value.clone());
        }
    }
    let (request, _) = response.into_parts();
    ServiceResponse::new(request, written)
}

/// A problem for a status that the framework chose.
fn plain(status: StatusCode) -> Problem {
    match status {
        StatusCode::NOT_FOUND => Problem::not_found(),
        StatusCode::UNAUTHORIZED => Problem::unauthenticated(),
        StatusCode::FORBIDDEN => Problem::forbidden(),
        StatusCode::METHOD_NOT_ALLOWED => Problem::new(status, ErrorCode::MethodNotAllowed, "Not with this method."),
        StatusCode::NOT_ACCEPTABLE => Problem::new(
            status,
            ErrorCode::NotAcceptable,
            "Nothing that you accept can be sent. Accept application/json.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(status, ErrorCode::PayloadTooLarge, "The body is too large."),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Problem::new(status, ErrorCode::UnsupportedMediaType, "The body must be sent as application/json.")
        }
        status if status.is_client_error() => {
            Problem::new(status, ErrorCode::BadRequest, "The request cannot be read.")
        }
        _ => Problem::internal(format!("the framework answered {status}")),
    }
}

fn set_headers(headers: &mut HeaderMap, request_id: &RequestId, hsts: bool) {
    if let Ok(value) = HeaderValue::from_str(request_id.as_str()) {
        headers.insert(X_REQUEST_ID, value);
    }
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // A page (docs) brings its own; everything else may load nothing and be remembered by nobody.
    set_default(headers, header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    set_default(headers, header::CACHE_CONTROL, "no-store");
    if hsts {
        set_default(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");
    }
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(target: &str) -> bool {
        check_target(&target.parse().expect("a URI")).is_ok()
    }

    #[test]
    fn the_log_tells_milliseconds_with_three_decimals() {
        let shown = |nanos| millis(Duration::from_nanos(nanos)).to_string();
        assert_eq!(shown(1_234_567), "1.235");
        assert_eq!(shown(333), "0");
        assert_eq!(shown(30_000_000_499), "30000");
        assert_eq!(shown(123_456), "0.123");
    }

    #[test]
    fn undecodable_addresses_are_refused() {
        for bad in ["/a%2fb", "/a%5Cb", "/a%00", "/a%", "/a%g1", "/%ff", "/a?b=%", "/a?b=%ff", "/%2e%2e%2f"] {
            assert!(!accepts(bad), "{bad}");
        }
        for good in ["/a/b", "/a%20b", "/%C3%A4", "/a?b=%2F%00", "/a?b=c+d"] {
            assert!(accepts(good), "{good}");
        }
    }
}
