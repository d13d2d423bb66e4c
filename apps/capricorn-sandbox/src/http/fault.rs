//! The layer around all routes: it writes down each call, and does to some of them what was switched on.

use std::time::Duration;

use actix_web::{
    Error, HttpMessage as _, HttpResponse, ResponseError as _,
    body::{BoxBody, MessageBody, to_bytes},
    dev::{ServiceRequest, ServiceResponse},
    http::{StatusCode, header},
    middleware::Next,
    web::{Bytes, Data},
};
use chrono::TimeDelta;
use futures::{StreamExt as _, stream};

use super::{
    connection, distort,
    error::{ApiError, Code},
    key::bearer,
};
use crate::{
    calls::{Call, cut},
    faults::{Fault, Operation},
    state::State,
};

/// The request's entry in the log.
#[derive(Debug, Clone, Copy)]
pub struct CallNumber(pub u64);

/// The most megabytes and milliseconds of `huge` and `slow`.
const MAX_MEGABYTES: u32 = 1_024;
const MAX_DELAY: u32 = 600_000;

pub async fn apply(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let path = request.path();
    let is_ours = path == "/" || path.starts_with("/_sandbox") || path.starts_with("/images/");
    let Some(state) = request.app_data::<Data<State>>().cloned().filter(|_| !is_ours) else {
        return Ok(tidy(next.call(request).await?));
    };
    let operation = Operation::of(request.method().as_str(), path);
    let customer = bearer(request.request()).and_then(|key| state.key(key)).map(|key| key.customer_id);
    let fault = operation.map_or(Ok(None), |operation| chosen(&request, &state, operation, customer.as_deref()));
    let number = write_down(&request, &state, operation, customer, fault.as_ref().ok().copied().flatten());
    request.extensions_mut().insert(CallNumber(number));

    let response = match fault {
        Err(error) => request.into_response(error.error_response()),
        Ok(None) => tidy(next.call(request).await?),
        Ok(Some((fault, value))) => match instead(&state, fault, operation, value) {
            Some(answer) => request.into_response(answer),
            None => {
                match fault {
                    Fault::Hang => std::future::pending::<()>().await,
                    Fault::Slow => {
                        let delay = value.unwrap_or(3_000).min(MAX_DELAY);
                        tokio::time::sleep(Duration::from_millis(u64::from(delay))).await;
                    }
                    Fault::Reset => {
                        let answer = connection::reset(request.request());
                        return Ok(request.into_response(answer));
                    }
                    _ => drop(request.extensions_mut().insert(fault)),
                }
                let (request, answer) = tidy(next.call(request).await?).into_parts();
                if fault == Fault::Lost {
                    return Ok(ServiceResponse::new(request, connection::close()));
                }
                ServiceResponse::new(request, after(&state, fault, value, answer).await)
            }
        },
    };
    state.calls().update(number, |call| call.status = Some(response.status().as_u16()));
    Ok(response)
}

/// The fault of a call: what its header asks for, or else what is switched on.
fn chosen(
    request: &ServiceRequest,
    state: &State,
    operation: Operation,
    customer: Option<&str>,
) -> Result<Option<(Fault, Option<u32>)>, ApiError> {
    match request.headers().get("x-sandbox-fault") {
        Some(header) => Fault::read(header.to_str().unwrap_or_default())
            .map(Some)
            .map_err(|message| ApiError::invalid(format!("X-Sandbox-Fault: {message}"))),
        None => Ok(state.faults().hit(operation, customer)),
    }
}

fn write_down(
    request: &ServiceRequest,
    state: &State,
    operation: Option<Operation>,
    customer_id: Option<String>,
    fault: Option<(Fault, Option<u32>)>,
) -> u64 {
    let key = request.headers().get("idempotency-key").and_then(|key| key.to_str().ok());
    let query = request.query_string();
    let pairs = query.split('&').filter_map(|pair| pair.strip_prefix("clientReference="));
    let reference =
        pairs.map(|value| percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned()).next();
    state.calls().add(Call {
        number: 0,
        method: request.method().to_string(),
        path: cut(request.path()),
        query: cut(query),
        operation,
        customer_id,
        idempotency_key: key.map(cut),
        client_reference: reference.as_deref().map(cut),
        fault: fault.map(|(fault, _)| fault),
        status: None,
        at: state.clock.now(),
    })
}

/// The answer of a fault that needs nothing to be done.
fn instead(state: &State, fault: Fault, operation: Option<Operation>, value: Option<u32>) -> Option<HttpResponse> {
    let seconds = value.unwrap_or(1);
    let failure = |code, message: &str| ApiError::new(code, message);
    let error = match fault {
        Fault::Unauthorized => failure(Code::Unauthorized, "The API key is missing or unknown."),
        Fault::Forbidden => failure(Code::Forbidden, "This API key is blocked."),
        Fault::RateLimited => failure(Code::RateLimited, "Too many requests.").retry_after(seconds.to_string()),
        Fault::RateLimitedDate => {
            let date = state.clock.base_now() + TimeDelta::seconds(i64::from(seconds));
            failure(Code::RateLimited, "Too many requests.")
                .retry_after(date.format("%a, %d %b %Y %H:%M:%S GMT").to_string())
        }
        Fault::ServerError => failure(Code::ServerError, "Something went wrong."),
        Fault::BadGateway => failure(Code::BadGateway, "The backend did not answer."),
        Fault::Unavailable => failure(Code::Unavailable, "Down for maintenance."),
        Fault::UnavailableRetryAfter => {
            failure(Code::Unavailable, "Down for maintenance.").retry_after(seconds.to_string())
        }
        Fault::Vanish if operation == Some(Operation::FindOrders) => {
            return Some(HttpResponse::Ok().content_type("application/json").body(r#"{"orders":[]}"#));
        }
        Fault::Vanish => failure(Code::NotFound, "There is no such thing."),
        Fault::NotAcceptable => failure(Code::NotAcceptable, "An invoice is application/json or application/pdf."),
        Fault::PriceChanged => failure(Code::PriceChanged, "Prices have changed."),
        Fault::Html => {
            let page = "<!doctype html><title>Welcome</title><h1>We will be back soon</h1>";
            return Some(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page));
        }
        Fault::Redirect => {
            let elsewhere = format!("{}/elsewhere", state.url);
            return Some(HttpResponse::Found().insert_header((header::LOCATION, elsewhere)).finish());
        }
        _ => return None,
    };
    Some(error.error_response())
}

/// What a fault makes of an answer.
async fn after(state: &State, fault: Fault, value: Option<u32>, answer: HttpResponse) -> HttpResponse {
    if fault == Fault::LostHang {
        std::future::pending::<()>().await;
    }
    if fault == Fault::LateError {
        return ApiError::new(Code::ServerError, "Something went wrong.").error_response();
    }
    let (mut answer, body) = answer.into_parts();
    answer.headers_mut().remove(header::CONTENT_LENGTH);
    let body = to_bytes(body).await.unwrap_or_default();
    match fault {
        Fault::HalfBody => connection::half(answer.set_body(BoxBody::new(())), &body),
        Fault::Huge => {
            let megabytes = value.unwrap_or(64).min(MAX_MEGABYTES) as usize;
            let blank = Bytes::from_static(&[b' '; 64 * 1024]);
            let chunks = stream::iter(std::iter::repeat_n(blank, megabytes * 16).chain([body]));
            answer
                .set_body(actix_web::body::BodyStream::new(chunks.map(Ok::<_, std::convert::Infallible>)))
                .map_into_boxed_body()
        }
        _ => {
            let changed = distort::distort(fault, &body, state);
            answer.set_body(changed.map_or(body, Bytes::from)).map_into_boxed_body()
        }
    }
}

/// The library's own refusals (a query that cannot be read, a body that is too large) in the shape of all others.
fn tidy(response: ServiceResponse<impl MessageBody + 'static>) -> ServiceResponse<BoxBody> {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !status.is_client_error() || kind.starts_with("application/json") {
        return response.map_into_boxed_body();
    }
    let error = match status {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::new(Code::PayloadTooLarge, "A body has at most 1 MiB."),
        StatusCode::NOT_FOUND => ApiError::not_found("There is no such route."),
        _ => ApiError::invalid("The request cannot be read: a parameter twice, or bytes that are no text."),
    };
    ServiceResponse::new(response.into_parts().0, error.error_response())
}
