use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Text, amount_text, part_id};
use crate::domain::{
    PartId, Shipment, ShipmentEvent, Submission, SupplierLine, SupplierOrder, SupplierStatus, Tracking,
};

/// An order as it is sent.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderSent<'a> {
    customer_id: &'a str,
    client_reference: &'a str,
    items: Vec<ItemSent<'a>>,
    delivery_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purchase_order_number: Option<&'a str>,
    total_amount: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemSent<'a> {
    product_id: &'a str,
    quantity: u32,
    unit_price: String,
}

impl<'a> OrderSent<'a> {
    pub(crate) fn new(customer_id: &'a str, order: &'a Submission) -> Self {
        let items = order.lines.iter().map(|line| ItemSent {
            product_id: line.part.as_str(),
            quantity: line.quantity,
            unit_price: amount_text(line.unit_price),
        });
        Self {
            customer_id,
            client_reference: order.number.as_str(),
            items: items.collect(),
            delivery_type: order.delivery_type.into(),
            notes: order.notes.as_deref(),
            purchase_order_number: order.purchase_order_number.as_deref(),
            total_amount: amount_text(order.total),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrdersAnswer {
    pub(crate) orders: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderAnswer {
    order_id: String,
    #[serde(default)]
    client_reference: Option<String>,
    status: String,
    revision: i64,
    lines: Option<Vec<LineAnswer>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct LineAnswer {
    product_id: Option<String>,
    quantity: Option<i64>,
    accepted: Option<i64>,
    backordered: Option<i64>,
    rejected: Option<i64>,
    cancelled: Option<i64>,
    shipped: Option<i64>,
}

/// An order, with the whole of the answer; `None` when it is none.
pub(crate) fn order(mut raw: Value) -> Option<SupplierOrder> {
    let answer = OrderAnswer::deserialize(&raw).ok()?;
    let is_id = !answer.order_id.is_empty()
        && answer.order_id.chars().count() <= 100
        && !answer.order_id.chars().any(|c| kernel::text::is_forbidden(c, false));
    if !is_id {
        return None;
    }
    let lines = answer.lines.unwrap_or_default().into_iter().map(|line| SupplierLine {
        part: line.product_id.unwrap_or_default(),
        quantity: line.quantity.unwrap_or_default(),
        accepted: line.accepted.unwrap_or_default(),
        backordered: line.backordered.unwrap_or_default(),
        rejected: line.rejected.unwrap_or_default(),
        cancelled: line.cancelled.unwrap_or_default(),
        shipped: line.shipped.unwrap_or_default(),
    });
    let lines = lines.collect();
    without_nul(&mut raw);
    Some(SupplierOrder {
        order_id: answer.order_id,
        client_reference: answer.client_reference.unwrap_or_default(),
        status: status(&answer.status),
        revision: answer.revision,
        lines,
        raw,
    })
}

fn status(text: &str) -> SupplierStatus {
    match text {
        "PENDING" => SupplierStatus::Pending,
        "CONFIRMED" => SupplierStatus::Confirmed,
        "BACKORDERED" => SupplierStatus::Backordered,
        "PARTIALLY_SHIPPED" => SupplierStatus::PartiallyShipped,
        "SHIPPED" => SupplierStatus::Shipped,
        "DELIVERED" => SupplierStatus::Delivered,
        "CANCELLED" => SupplierStatus::Cancelled,
        "FAILED" => SupplierStatus::Failed,
        unknown => SupplierStatus::Unknown(super::clean(unknown, 100)),
    }
}

/// PostgreSQL keeps no U+0000, neither in text nor in JSON.
fn without_nul(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('\0') => *text = text.replace('\0', "\u{fffd}"),
        Value::Array(items) => items.iter_mut().for_each(without_nul),
        Value::Object(members) => {
            if members.keys().any(|name| name.contains('\0')) {
                let renamed = std::mem::take(members).into_iter();
                *members = renamed.map(|(name, value)| (name.replace('\0', "\u{fffd}"), value)).collect();
            }
            members.values_mut().for_each(without_nul);
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TrackingAnswer {
    shipments: Option<Vec<ShipmentAnswer>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ShipmentAnswer {
    shipment_id: Text,
    #[serde(default)]
    carrier: Text,
    #[serde(default)]
    tracking_number: Text,
    #[serde(default)]
    tracking_url: Text,
    #[serde(default)]
    status: Text,
    items: Option<Vec<ShippedItem>>,
    events: Option<Vec<EventAnswer>>,
    shipped_at: Option<DateTime<Utc>>,
    estimated_delivery: Option<DateTime<Utc>>,
    delivered_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ShippedItem {
    #[serde(deserialize_with = "part_id")]
    product_id: PartId,
    quantity: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventAnswer {
    at: DateTime<Utc>,
    #[serde(default)]
    status: Text,
    #[serde(default)]
    location: Text,
    #[serde(default)]
    description: Text,
}

impl From<TrackingAnswer> for Tracking {
    fn from(answer: TrackingAnswer) -> Self {
        let shipments = answer.shipments.unwrap_or_default().into_iter().map(|shipment| {
            let items = shipment.items.unwrap_or_default().into_iter().map(|item| (item.product_id, item.quantity));
            let events = shipment.events.unwrap_or_default().into_iter().map(|event| ShipmentEvent {
                at: event.at,
                status: event.status.0,
                location: event.location.optional(),
                description: event.description.optional(),
            });
            Shipment {
                shipment_id: shipment.shipment_id.0,
                carrier: shipment.carrier.optional(),
                tracking_number: shipment.tracking_number.optional(),
                tracking_url: shipment.tracking_url.optional(),
                status: shipment.status.0,
                items: items.collect(),
                events: events.collect(),
                shipped_at: shipment.shipped_at,
                estimated_delivery: shipment.estimated_delivery,
                delivered_at: shipment.delivered_at,
            }
        });
        Self { shipments: shipments.collect() }
    }
}
