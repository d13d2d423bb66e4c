//! `/_sandbox`: faults, clock, calls, and what the page shows.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{self, Bytes, Data, Path},
};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    catalogue::{browse, number},
    error::{ApiError, Code},
    resource,
    shapes::{self, OrderBody, ShipmentBody, Time},
};
use crate::{
    clock::MAX_SPEED,
    faults::{Fault, MAX_RULES, NewFault, Operation, one_of},
    state::State,
};

type Answer = Result<HttpResponse, ApiError>;

pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(
        resource("/_sandbox/faults")
            .route(web::get().to(faults))
            .route(web::post().to(add_fault))
            .route(web::delete().to(clear_faults)),
    )
    .service(resource("/_sandbox/faults/{id}").route(web::delete().to(remove_fault)))
    .service(resource("/_sandbox/clock").route(web::get().to(clock)).route(web::post().to(move_clock)))
    .service(resource("/_sandbox/calls").route(web::get().to(calls)).route(web::delete().to(clear_calls)))
    .service(resource("/_sandbox/orders").route(web::get().to(orders)))
    .service(resource("/_sandbox/catalogue").route(web::get().to(browse)));
}

/// A body of JSON that says so: a page of somebody else's cannot send that without being allowed to.
fn read<T: serde::de::DeserializeOwned>(request: &HttpRequest, body: &[u8]) -> Result<T, ApiError> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("application/json") {
        return Err(ApiError::new(Code::UnsupportedMediaType, "Content-Type must be application/json."));
    }
    super::quotes::read(body)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FaultRequest {
    fault: String,
    operation: Option<String>,
    count: Option<u32>,
    value: Option<u32>,
    customer_id: Option<String>,
}

async fn add_fault(state: Data<State>, request: HttpRequest, body: Bytes) -> Answer {
    let wanted: FaultRequest = read(&request, &body)?;
    let (fault, value) = Fault::read(&wanted.fault).map_err(ApiError::invalid)?;
    let operation = match wanted.operation.as_deref() {
        None | Some("*") => None,
        Some(name) => Some(one_of::<Operation>("operation", name).map_err(ApiError::invalid)?),
    };
    if wanted.count == Some(0) {
        return Err(ApiError::invalid("count must be 1 or more; without it the fault stays until it is deleted"));
    }
    let customer_id = wanted.customer_id;
    let new = NewFault { fault, operation, count: wanted.count, value: wanted.value.or(value), customer_id };
    let rule = state.faults().add(new);
    let rule = rule.ok_or_else(|| ApiError::invalid(format!("{MAX_RULES} faults are on already")))?;
    Ok(HttpResponse::Created().json(rule))
}

async fn faults(state: Data<State>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "faults": state.faults().list() }))
}

async fn clear_faults(state: Data<State>) -> HttpResponse {
    state.faults().clear();
    HttpResponse::NoContent().finish()
}

async fn remove_fault(state: Data<State>, id: Path<String>) -> Answer {
    let removed = id.parse().is_ok_and(|id| state.faults().remove(id));
    if removed { Ok(HttpResponse::NoContent().finish()) } else { Err(ApiError::not_found("There is no such fault.")) }
}

#[derive(Serialize)]
struct Clock {
    now: Time,
    speed: f64,
}

async fn clock(state: Data<State>) -> HttpResponse {
    HttpResponse::Ok().json(Clock { now: Time(state.clock.now()), speed: state.clock.speed() })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ClockRequest {
    advance_seconds: Option<i64>,
    speed: Option<f64>,
}

/// Ten years.
const MAX_ADVANCE: i64 = 10 * 366 * 86_400;

async fn move_clock(state: Data<State>, request: HttpRequest, body: Bytes) -> Answer {
    let wanted: ClockRequest = read(&request, &body)?;
    if wanted.advance_seconds.is_none() && wanted.speed.is_none() {
        return Err(ApiError::invalid("advanceSeconds or speed is required"));
    }
    let seconds = wanted.advance_seconds.unwrap_or_default();
    if !(0..=MAX_ADVANCE).contains(&seconds) {
        return Err(ApiError::invalid(format!("advanceSeconds must be 0 to {MAX_ADVANCE}: time never goes back")));
    }
    if let Some(speed) = wanted.speed {
        if !(0.0..=MAX_SPEED).contains(&speed) {
            return Err(ApiError::invalid(format!("speed must be 0 to {MAX_SPEED}")));
        }
        state.clock.set_speed(speed);
    }
    state.clock.advance(TimeDelta::seconds(seconds));
    Ok(clock(state).await)
}

async fn calls(state: Data<State>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "calls": state.calls().list() }))
}

async fn clear_calls(state: Data<State>) -> HttpResponse {
    state.calls().clear();
    HttpResponse::NoContent().finish()
}

#[derive(Deserialize)]
struct OrdersQuery {
    limit: Option<String>,
}

#[derive(Serialize)]
struct Orders {
    orders: Vec<ShownOrder>,
    total: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownOrder {
    #[serde(flatten)]
    order: OrderBody,
    customer_id: String,
    delivery_type: String,
    has_invoice: bool,
    shipments: Vec<ShipmentBody>,
}

async fn orders(state: Data<State>, query: web::Query<OrdersQuery>) -> Answer {
    let limit = number("limit", query.limit.as_deref(), 20, 500)?;
    let now = state.clock.now();
    let mut book = state.orders();
    let ids: Vec<String> = book.newest().take(limit).cloned().collect();
    let total = book.len();
    let shown = ids.iter().filter_map(|id| {
        let order = book.of_any_customer(id)?;
        order.progress(now);
        Some(ShownOrder {
            order: shapes::order(&state, order),
            customer_id: order.customer_id.clone(),
            delivery_type: order.delivery.to_string(),
            has_invoice: order.invoiced_at.is_some(),
            shipments: shapes::tracking(order, now).shipments,
        })
    });
    let orders = shown.collect();
    Ok(HttpResponse::Ok().json(Orders { orders, total }))
}
