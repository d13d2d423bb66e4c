//! Health, parts and stock.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::{
    error::ApiError,
    key::Customer,
    shapes::{self, InventoryItem, ProductBody},
};
use crate::{catalogue::Part, state::State};

type Answer = Result<HttpResponse, ApiError>;

const MAX_SEARCH: usize = 200;
const MAX_INVENTORY: usize = 1_000;
const MAX_QUERY: usize = 500;

#[derive(Serialize)]
struct Health {
    status: &'static str,
}

pub async fn health(_: Customer) -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "ok" })
}

#[derive(Deserialize)]
pub struct SearchQuery {
    q: Option<String>,
    limit: Option<String>,
    offset: Option<String>,
}

#[derive(Serialize)]
struct Found<'a> {
    products: Vec<ProductBody<'a>>,
    total: usize,
}

/// A whole number of a query, within bounds.
pub fn number(name: &str, text: Option<&str>, default: usize, most: usize) -> Result<usize, ApiError> {
    let Some(text) = text else { return Ok(default) };
    let number = text.parse().ok().filter(|number| *number <= most);
    number.ok_or_else(|| ApiError::invalid(format!("{name} must be a whole number of at most {most}")))
}

pub async fn search(_: Customer, state: web::Data<State>, query: web::Query<SearchQuery>) -> Answer {
    let Some(q) = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty() && q.len() <= MAX_QUERY) else {
        return Err(ApiError::invalid(format!("q is required: words to look for, at most {MAX_QUERY} bytes")));
    };
    found(&state, q, &query)
}

/// What the page shows: without words, all parts.
pub async fn browse(state: web::Data<State>, query: web::Query<SearchQuery>) -> Answer {
    let q = query.q.as_deref().unwrap_or_default();
    found(&state, q.get(..q.len().min(MAX_QUERY)).unwrap_or_default(), &query)
}

fn found(state: &State, q: &str, query: &SearchQuery) -> Answer {
    let limit = number("limit", query.limit.as_deref(), 20, MAX_SEARCH)?;
    let offset = number("offset", query.offset.as_deref(), 0, usize::MAX)?;
    let now = state.clock.now();
    let (parts, total) = match q.trim() {
        "" => (state.catalogue.parts().iter().skip(offset).take(limit).collect(), state.catalogue.parts().len()),
        q => state.catalogue.search(q, limit, offset),
    };
    let products = parts.into_iter().map(|part| shapes::product(state, part, now, false)).collect();
    Ok(HttpResponse::Ok().json(Found { products, total }))
}

pub fn part<'a>(state: &'a State, id: &str) -> Result<&'a Part, ApiError> {
    state.catalogue.find(id).ok_or_else(|| ApiError::not_found("There is no such product."))
}

pub async fn product(_: Customer, state: web::Data<State>, id: web::Path<String>) -> Answer {
    let part = part(&state, &id)?;
    Ok(HttpResponse::Ok().json(shapes::product(&state, part, state.clock.now(), true)))
}

pub async fn stock(_: Customer, state: web::Data<State>, id: web::Path<String>) -> Answer {
    let part = part(&state, &id)?;
    let now = state.clock.now();
    Ok(HttpResponse::Ok().json(shapes::stock(part, &state.stock(part, now), now)))
}

#[derive(Deserialize)]
pub struct InventoryQuery {
    limit: Option<String>,
    cursor: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Inventory<'a> {
    items: Vec<InventoryItem<'a>>,
    next_cursor: Option<String>,
    total: usize,
}

pub async fn inventory(_: Customer, state: web::Data<State>, query: web::Query<InventoryQuery>) -> Answer {
    let limit = number("limit", query.limit.as_deref(), 100, MAX_INVENTORY)?.max(1);
    let parts = state.catalogue.parts();
    let start = match query.cursor.as_deref() {
        None => 0,
        Some(cursor) => cursor
            .strip_prefix('p')
            .and_then(|at| at.parse().ok())
            .filter(|at| *at <= parts.len())
            .ok_or_else(|| ApiError::invalid("cursor must be a nextCursor of before"))?,
    };
    let now = state.clock.now();
    let end = (start + limit).min(parts.len());
    let items = parts[start..end].iter().map(|part| shapes::inventory_item(&state, part, now)).collect();
    let next_cursor = (end < parts.len()).then(|| format!("p{end}"));
    Ok(HttpResponse::Ok().json(Inventory { items, next_cursor, total: parts.len() }))
}
