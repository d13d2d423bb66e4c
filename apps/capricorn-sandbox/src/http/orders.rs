//! Orders.

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    error::{ApiError, Code},
    fault::CallNumber,
    key::Customer,
    quotes::{count_items, is_own, read, refused, wanted},
    shapes::{self, InvoiceBody, OrderBody, Time},
};
use crate::{
    calls::cut,
    catalogue::Part,
    chance::of_text,
    faults::one_of,
    invoice,
    money::{Sums, dollars, read_cents},
    orders::{Delivery, Order, OrderLine, OrderStatus, Placed, Plan, WantedLine, plan},
    state::State,
};

type Answer = Result<HttpResponse, ApiError>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderRequest {
    customer_id: String,
    client_reference: String,
    items: Vec<Item>,
    delivery_type: String,
    notes: Option<String>,
    purchase_order_number: Option<String>,
    total_amount: Box<RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    product_id: String,
    quantity: i64,
    unit_price: Box<RawValue>,
}

/// A text of 1 to so many characters.
fn text(field: &str, text: &str, most: usize) -> Result<(), ApiError> {
    if (1..=most).contains(&text.chars().count()) {
        return Ok(());
    }
    Err(ApiError::invalid(format!("{field} must have 1 to {most} characters")))
}

fn idempotency_key(request: &HttpRequest) -> Result<String, ApiError> {
    let key = request.headers().get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default();
    text("Idempotency-Key", key, 255)?;
    Ok(key.to_owned())
}

pub async fn create(customer: Customer, state: web::Data<State>, request: HttpRequest, body: web::Bytes) -> Answer {
    let order: OrderRequest = read(&body)?;
    if let Some(CallNumber(number)) = request.extensions().get() {
        state.calls().update(*number, |call| call.client_reference = Some(cut(&order.client_reference)));
    }
    let key = idempotency_key(&request)?;
    is_own(&customer, &order.customer_id)?;
    text("clientReference", &order.client_reference, 100)?;
    refused(&request, order.items.last().map(|item| item.product_id.as_str()))?;
    let (status, order) = match place(&state, customer.0, key, &order)? {
        Placed::New(order) => (StatusCode::CREATED, order),
        Placed::Known(order) => (StatusCode::OK, order),
    };
    Ok(HttpResponse::build(status).json(shapes::order(&state, &order)))
}

fn place(state: &State, customer: String, key: String, request: &OrderRequest) -> Result<Placed, ApiError> {
    let now = state.clock.now();
    // One lock from the question to the answer: of two calls at once, one finds the order of the other.
    let mut book = state.orders();
    if let Some(id) = book.known(&customer, &key, &request.client_reference).map(str::to_owned)
        && let Some(order) = book.get_mut(&customer, &id)
    {
        order.progress(now);
        return Ok(Placed::Known(order.clone()));
    }
    let delivery: Delivery = one_of("deliveryType", &request.delivery_type).map_err(ApiError::invalid)?;
    if request.notes.as_ref().is_some_and(|notes| notes.chars().count() > 2_000) {
        return Err(ApiError::invalid("notes must have at most 2000 characters"));
    }
    if let Some(number) = &request.purchase_order_number {
        text("purchaseOrderNumber", number, 40)?;
    }
    count_items(request.items.len())?;
    let lines = agreed(state, request, now)?;
    let total_cents = total(request, &lines)?;
    let wanted: Vec<_> = lines
        .iter()
        .map(|(part, quantity, _)| WantedLine { part, quantity: *quantity, stock: state.stock(part, now) })
        .collect();
    let id = book.free_id(state.seed, &customer, &request.client_reference);
    let Plan { steps, shipments } = plan(state.seed, of_text(&id), &wanted, delivery, now);
    let line = |(part, quantity, unit_price_cents): &(&Part, u32, i64)| OrderLine {
        product_id: part.id.clone(),
        quantity: *quantity,
        unit_price_cents: *unit_price_cents,
        accepted: *quantity,
        backordered: 0,
        rejected: 0,
        cancelled: 0,
        shipped: 0,
    };
    let order = Order {
        id,
        customer_id: customer,
        client_reference: request.client_reference.clone(),
        idempotency_key: key,
        status: OrderStatus::Pending,
        revision: 1,
        lines: lines.iter().map(line).collect(),
        total_cents,
        delivery,
        purchase_order_number: request.purchase_order_number.clone(),
        created_at: now,
        updated_at: now,
        invoiced_at: None,
        shipments,
        steps,
    };
    book.insert(order.clone());
    Ok(Placed::New(order))
}

/// Parts, quantities and prices, if the prices are today's.
fn agreed<'a>(
    state: &'a State,
    request: &OrderRequest,
    now: DateTime<Utc>,
) -> Result<Vec<(&'a Part, u32, i64)>, ApiError> {
    let mut lines = Vec::with_capacity(request.items.len());
    for item in &request.items {
        let (part, quantity) = wanted(state, &item.product_id, item.quantity)?;
        lines.push((part, quantity, state.unit_price(part, quantity, now)));
    }
    for (item, (part, _, price)) in request.items.iter().zip(&lines) {
        let named = read_cents(&item.unit_price)
            .ok_or_else(|| ApiError::invalid("unitPrice must be an amount with at most two places"))?;
        if named != *price {
            let message = format!("The price of {} is {}, not {}.", part.id, dollars(*price), dollars(named));
            return Err(ApiError::new(Code::PriceChanged, message));
        }
    }
    Ok(lines)
}

fn total(request: &OrderRequest, lines: &[(&Part, u32, i64)]) -> Result<i64, ApiError> {
    let total = Sums::of(lines.iter().map(|(_, quantity, price)| price * i64::from(*quantity))).total();
    let named = read_cents(&request.total_amount)
        .ok_or_else(|| ApiError::invalid("totalAmount must be an amount with at most two places"))?;
    if named == total {
        return Ok(total);
    }
    let message = format!("The total with GST is {}, not {}.", dollars(total), dollars(named));
    Err(ApiError::new(Code::PriceChanged, message))
}

/// The customer's order as it stands now.
fn current<T>(
    state: &State,
    customer: &Customer,
    id: &str,
    answer: impl FnOnce(&mut Order, DateTime<Utc>) -> T,
) -> Result<T, ApiError> {
    let now = state.clock.now();
    let mut book = state.orders();
    let order = book.get_mut(&customer.0, id).ok_or_else(|| ApiError::not_found("There is no such order."))?;
    order.progress(now);
    Ok(answer(order, now))
}

pub async fn get(customer: Customer, state: web::Data<State>, id: web::Path<String>) -> Answer {
    let order = current(&state, &customer, &id, |order, _| shapes::order(&state, order))?;
    Ok(HttpResponse::Ok().json(order))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FindQuery {
    client_reference: Option<String>,
}

#[derive(Serialize)]
struct Orders {
    orders: Vec<OrderBody>,
}

pub async fn find(customer: Customer, state: web::Data<State>, query: web::Query<FindQuery>) -> Answer {
    let Some(reference) = &query.client_reference else {
        return Err(ApiError::invalid("clientReference is required"));
    };
    let now = state.clock.now();
    let mut book = state.orders();
    let found = book.by_reference(&customer.0, reference).map(|order| {
        order.progress(now);
        shapes::order(&state, order)
    });
    Ok(HttpResponse::Ok().json(Orders { orders: found.into_iter().collect() }))
}

pub async fn tracking(customer: Customer, state: web::Data<State>, id: web::Path<String>) -> Answer {
    let tracking = current(&state, &customer, &id, |order, now| shapes::tracking(order, now))?;
    Ok(HttpResponse::Ok().json(tracking))
}

pub async fn cancel(customer: Customer, state: web::Data<State>, id: web::Path<String>) -> Answer {
    let cancelled =
        current(&state, &customer, &id, |order, now| order.cancel(now).map(|()| shapes::order(&state, order)))?;
    match cancelled {
        Ok(order) => Ok(HttpResponse::Ok().json(order)),
        Err(_) => Err(ApiError::new(Code::AlreadyShipped, "Parts of this order are on their way already.")),
    }
}

/// When an invoice is due.
const DUE_AFTER: TimeDelta = TimeDelta::days(30);

pub async fn invoice(
    customer: Customer,
    state: web::Data<State>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Answer {
    let order = current(&state, &customer, &id, |order, _| order.clone())?;
    let Some(issued) = order.invoiced_at else {
        return Err(ApiError::not_found("There is no invoice yet: it is made when all has been shipped."));
    };
    let shipped = order.lines.iter().filter(|line| line.shipped > 0);
    let lines: Vec<_> = shipped
        .filter_map(|line| {
            let part = state.catalogue.find(&line.product_id)?;
            Some(shapes::bill_line(&state, part, line.shipped, line.unit_price_cents))
        })
        .collect();
    let sums = Sums::of(lines.iter().map(|line| line.total_cents));
    let number = format!("INV-{}", order.id.trim_start_matches("CO-"));
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or("*/*");
    match Format::of(accept) {
        Some(Format::Pdf) if state.pdf_invoices => {
            let bill = invoice::Bill { number: &number, order: &order, issued, due: issued + DUE_AFTER, sums };
            let items = lines.iter().map(|line| invoice::Item {
                sku: &line.sku,
                name: &line.name,
                quantity: line.quantity,
                unit_cents: line.unit_cents,
                total_cents: line.total_cents,
            });
            let pdf = invoice::pdf(&bill, &items.collect::<Vec<_>>());
            Ok(HttpResponse::Ok().content_type("application/pdf").body(pdf))
        }
        Some(Format::Json) => Ok(HttpResponse::Ok().json(InvoiceBody {
            invoice_number: number,
            order_id: order.id,
            issued_at: Time(issued),
            due_at: Time(issued + DUE_AFTER),
            lines,
            sums: shapes::sums(&state, sums),
        })),
        _ => Err(ApiError::new(Code::NotAcceptable, "An invoice is application/json or application/pdf.")),
    }
}

enum Format {
    Json,
    Pdf,
}

impl Format {
    /// The first of the listed types that there is; weights are not looked at.
    fn of(accept: &str) -> Option<Self> {
        let types = accept.split(',').filter_map(|entry| entry.split(';').next()).map(str::trim);
        types.into_iter().find_map(|kind| match kind.to_ascii_lowercase().as_str() {
            "application/pdf" => Some(Self::Pdf),
            "application/json" | "application/*" | "*/*" => Some(Self::Json),
            _ => None,
        })
    }
}
