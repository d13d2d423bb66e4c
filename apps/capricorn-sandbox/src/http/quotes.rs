//! Prices of what a customer wants, and the checks that orders share.

use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use chrono::TimeDelta;
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    error::{ApiError, Code},
    key::Customer,
    shapes::{self, QuoteBody, Time},
};
use crate::{catalogue::Part, chance::draw, faults::Fault, money::Sums, state::State};

/// Most items of a quote or an order.
const MAX_ITEMS: usize = 200;
const MAX_QUANTITY: i64 = 9_999;

/// A body, read; unknown members do not matter.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|error| ApiError::invalid(format!("The body cannot be read: {error}")))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QuoteRequest {
    customer_id: String,
    items: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    product_id: String,
    quantity: i64,
}

/// The customer that a body names must be the key's.
pub fn is_own(customer: &Customer, named: &str) -> Result<(), ApiError> {
    if customer.0 == named {
        return Ok(());
    }
    Err(ApiError::new(Code::Forbidden, "customerId is not the customer of this API key."))
}

pub fn count_items(count: usize) -> Result<(), ApiError> {
    if (1..=MAX_ITEMS).contains(&count) {
        return Ok(());
    }
    Err(ApiError::invalid(format!("items must have 1 to {MAX_ITEMS} entries")))
}

/// The part of an item, and its quantity.
pub fn wanted<'a>(state: &'a State, id: &str, quantity: i64) -> Result<(&'a Part, u32), ApiError> {
    let Some(part) = state.catalogue.find(id) else {
        return Err(ApiError::of_product(Code::UnknownProduct, id, "There is no such product."));
    };
    let invalid = |message: String| ApiError::of_product(Code::InvalidQuantity, id, message);
    if !(1..=MAX_QUANTITY).contains(&quantity) {
        return Err(invalid(format!("quantity must be 1 to {MAX_QUANTITY}")));
    }
    let quantity = u32::try_from(quantity).unwrap_or_default();
    if part.is_sold_in_packs && !quantity.is_multiple_of(part.pack_size) {
        return Err(invalid(format!("sold in packs of {} only", part.pack_size)));
    }
    Ok((part, quantity))
}

/// The refusals that are switched on as faults.
pub fn refused(request: &HttpRequest, last: Option<&str>) -> Result<(), ApiError> {
    let last = last.unwrap_or_default();
    match request.extensions().get() {
        Some(Fault::UnknownProduct) => {
            Err(ApiError::of_product(Code::UnknownProduct, last, "There is no such product."))
        }
        Some(Fault::InvalidQuantity) => {
            Err(ApiError::of_product(Code::InvalidQuantity, last, "This quantity is not sold."))
        }
        _ => Ok(()),
    }
}

pub async fn quote(
    customer: Customer,
    state: web::Data<State>,
    http: HttpRequest,
    body: web::Bytes,
) -> Result<HttpResponse, ApiError> {
    let request: QuoteRequest = read(&body)?;
    is_own(&customer, &request.customer_id)?;
    count_items(request.items.len())?;
    refused(&http, request.items.last().map(|item| item.product_id.as_str()))?;
    let now = state.clock.now();
    let mut lines = Vec::with_capacity(request.items.len());
    let mut place = vec![now.timestamp_millis().unsigned_abs(), crate::chance::of_text(&customer.0)];
    for item in &request.items {
        let (part, quantity) = wanted(&state, &item.product_id, item.quantity)?;
        place.extend([u64::from(part.index), u64::from(quantity)]);
        lines.push(shapes::bill_line(&state, part, quantity, state.unit_price(part, quantity, now)));
    }
    let sums = Sums::of(lines.iter().map(|line| line.total_cents));
    Ok(HttpResponse::Ok().json(QuoteBody {
        quote_id: format!("Q-{:016X}", draw(state.seed, &place)),
        lines,
        sums: shapes::sums(&state, sums),
        valid_until: Time(now + TimeDelta::hours(24)),
    }))
}
