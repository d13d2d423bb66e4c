//! What is answered, as the contract has it.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};

use crate::{
    catalogue::{Part, Vehicle},
    money::{Amount, Sums},
    orders::{Order, OrderLine, OrderStatus},
    state::State,
    stock::{Stock, WarehouseStock},
};

const CURRENCY: &str = "AUD";

/// A time, RFC 3339 in UTC.
#[derive(Debug, Clone, Copy)]
pub struct Time(pub DateTime<Utc>);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProductBody<'a> {
    id: &'a str,
    sku: &'a str,
    name: &'a str,
    brand: &'a str,
    description: &'a str,
    category: &'a str,
    price: Amount,
    currency: &'static str,
    pub available_stock: u32,
    pack_size: u32,
    images: [String; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    fitments: Option<Vec<Fitment>>,
    superseded_by: Option<&'a str>,
    updated_at: Time,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fitment {
    make: &'static str,
    model: &'static str,
    series: &'static str,
    year_from: u16,
    year_to: Option<u16>,
    engine: &'static str,
}

impl From<&'static Vehicle> for Fitment {
    fn from(vehicle: &'static Vehicle) -> Self {
        let Vehicle { make, model, series, year_from, year_to, engine } = *vehicle;
        Self { make, model, series, year_from, year_to, engine }
    }
}

pub fn product<'a>(state: &'a State, part: &'a Part, now: DateTime<Utc>, with_fitments: bool) -> ProductBody<'a> {
    let stock = state.stock(part, now);
    let (price, priced_at) = state.price(part, now);
    ProductBody {
        id: &part.id,
        sku: &part.sku,
        name: &part.name,
        brand: part.brand,
        description: &part.description,
        category: part.category,
        price: state.amount(price),
        currency: CURRENCY,
        available_stock: stock.available(),
        pack_size: part.pack_size,
        images: [format!("{}/images/{}.svg", state.url, part.category.to_lowercase().replace(' ', "-"))],
        fitments: with_fitments.then(|| part.fitments().map(Fitment::from).collect()),
        superseded_by: part.superseded_by.and_then(|at| state.catalogue.at(at)).map(|part| part.id.as_str()),
        updated_at: Time(stock.changed_at.max(priced_at)),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StockBody<'a> {
    product_id: &'a str,
    available_stock: u32,
    warehouses: [WarehouseBody; crate::stock::WAREHOUSES.len()],
    as_of: Time,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WarehouseBody {
    code: &'static str,
    name: &'static str,
    available_stock: u32,
    lead_time_days: u32,
}

impl From<WarehouseStock> for WarehouseBody {
    fn from(stock: WarehouseStock) -> Self {
        let (place, available_stock) = (stock.warehouse, stock.available);
        Self { code: place.code, name: place.name, available_stock, lead_time_days: place.lead_time_days }
    }
}

pub fn stock<'a>(part: &'a Part, stock: &Stock, now: DateTime<Utc>) -> StockBody<'a> {
    let warehouses = stock.warehouses.map(WarehouseBody::from);
    StockBody { product_id: &part.id, available_stock: stock.available(), warehouses, as_of: Time(now) }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InventoryItem<'a> {
    product_id: &'a str,
    sku: &'a str,
    name: &'a str,
    brand: &'a str,
    category: &'a str,
    price: Amount,
    currency: &'static str,
    available_stock: u32,
    updated_at: Time,
}

pub fn inventory_item<'a>(state: &State, part: &'a Part, now: DateTime<Utc>) -> InventoryItem<'a> {
    let stock = state.stock(part, now);
    let (price, priced_at) = state.price(part, now);
    InventoryItem {
        product_id: &part.id,
        sku: &part.sku,
        name: &part.name,
        brand: part.brand,
        category: part.category,
        price: state.amount(price),
        currency: CURRENCY,
        available_stock: stock.available(),
        updated_at: Time(stock.changed_at.max(priced_at)),
    }
}

/// A line of a quote or an invoice.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BillLine {
    pub product_id: String,
    pub sku: String,
    pub name: String,
    pub quantity: u32,
    pub unit_price: Amount,
    pub line_total: Amount,
    #[serde(skip)]
    pub unit_cents: i64,
    #[serde(skip)]
    pub total_cents: i64,
}

pub fn bill_line(state: &State, part: &Part, quantity: u32, unit_cents: i64) -> BillLine {
    let total_cents = unit_cents * i64::from(quantity);
    BillLine {
        product_id: part.id.clone(),
        sku: part.sku.clone(),
        name: part.name.clone(),
        quantity,
        unit_price: state.amount(unit_cents),
        line_total: state.amount(total_cents),
        unit_cents,
        total_cents,
    }
}

#[derive(Serialize)]
pub struct SumsBody {
    subtotal: Amount,
    gst: Amount,
    total: Amount,
    currency: &'static str,
}

pub fn sums(state: &State, sums: Sums) -> SumsBody {
    SumsBody {
        subtotal: state.amount(sums.subtotal),
        gst: state.amount(sums.gst),
        total: state.amount(sums.total()),
        currency: CURRENCY,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QuoteBody {
    pub quote_id: String,
    pub lines: Vec<BillLine>,
    #[serde(flatten)]
    pub sums: SumsBody,
    pub valid_until: Time,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceBody {
    pub invoice_number: String,
    pub order_id: String,
    pub issued_at: Time,
    pub due_at: Time,
    pub lines: Vec<BillLine>,
    #[serde(flatten)]
    pub sums: SumsBody,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderBody {
    order_id: String,
    client_reference: String,
    status: OrderStatus,
    revision: u32,
    lines: Vec<LineBody>,
    total_amount: Amount,
    currency: &'static str,
    created_at: Time,
    updated_at: Time,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LineBody {
    line_number: usize,
    product_id: String,
    quantity: u32,
    accepted: u32,
    backordered: u32,
    rejected: u32,
    cancelled: u32,
    shipped: u32,
}

pub fn order(state: &State, order: &Order) -> OrderBody {
    let line = |(at, line): (usize, &OrderLine)| LineBody {
        line_number: at + 1,
        product_id: line.product_id.clone(),
        quantity: line.quantity,
        accepted: line.accepted,
        backordered: line.backordered,
        rejected: line.rejected,
        cancelled: line.cancelled,
        shipped: line.shipped,
    };
    OrderBody {
        order_id: order.id.clone(),
        client_reference: order.client_reference.clone(),
        status: order.status,
        revision: order.revision,
        lines: order.lines.iter().enumerate().map(line).collect(),
        total_amount: state.amount(order.total_cents),
        currency: CURRENCY,
        created_at: Time(order.created_at),
        updated_at: Time(order.updated_at),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrackingBody {
    order_id: String,
    status: OrderStatus,
    pub shipments: Vec<ShipmentBody>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShipmentBody {
    shipment_id: String,
    carrier: &'static str,
    tracking_number: String,
    tracking_url: String,
    status: &'static str,
    items: Vec<ItemBody>,
    events: Vec<EventBody>,
    shipped_at: Option<Time>,
    estimated_delivery: Time,
    delivered_at: Option<Time>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemBody {
    product_id: String,
    quantity: u32,
}

#[derive(Serialize)]
pub struct EventBody {
    at: Time,
    status: &'static str,
    location: &'static str,
    description: &'static str,
}

/// The shipments that are known by `now`.
pub fn tracking(order: &Order, now: DateTime<Utc>) -> TrackingBody {
    let mut shipments = Vec::new();
    for (number, shipment) in (1..).zip(&order.shipments) {
        let known = shipment.events.iter().filter(|event| event.at <= now);
        let events: Vec<EventBody> = known
            .map(|event| EventBody {
                at: Time(event.at),
                status: event.status,
                location: event.location,
                description: event.description,
            })
            .collect();
        let Some(status) = events.last().map(|event| event.status) else { continue };
        let item = |(line, quantity): &(usize, u32)| {
            let product_id = order.lines.get(*line)?.product_id.clone();
            Some(ItemBody { product_id, quantity: *quantity })
        };
        shipments.push(ShipmentBody {
            shipment_id: format!("{}-{number}", order.id),
            carrier: shipment.carrier.name,
            tracking_number: shipment.tracking_number.clone(),
            tracking_url: format!("https://{}/track/{}", shipment.carrier.host, shipment.tracking_number),
            status,
            items: shipment.items.iter().filter_map(item).collect(),
            events,
            shipped_at: (shipment.shipped_at <= now).then_some(Time(shipment.shipped_at)),
            estimated_delivery: Time(shipment.estimated_delivery),
            delivered_at: (shipment.delivered_at() <= now).then_some(Time(shipment.delivered_at())),
        });
    }
    TrackingBody { order_id: order.id.clone(), status: order.status, shipments }
}
