//! Between rows and domain types.

use std::str::FromStr;

use kernel::{Currency, Money, StoreError, TenantUserId, input::Word as _};
use sea_orm::ActiveValue::Set;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::entity::{capricorn_order_lines, capricorn_orders};
use crate::domain::{
    CancelAsked, LineFate, Order, OrderLine, OrderNotes, OrderNumber, PartId, Progress, PurchaseOrderNumber,
    UsedCredentials,
};

const LINE: &str = "capricorn_order_lines";

fn word<T: FromStr>(what: &'static str, text: &str) -> Result<T, StoreError>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    text.parse().map_err(|error: T::Err| StoreError::corrupt(what, error))
}

fn json<T: DeserializeOwned>(what: &'static str, value: Option<Value>) -> Result<Option<T>, StoreError> {
    value.map(serde_json::from_value).transpose().map_err(|error| StoreError::corrupt(what, error))
}

fn to_json<T: Serialize>(what: &'static str, value: Option<&T>) -> Result<Option<Value>, StoreError> {
    value.map(serde_json::to_value).transpose().map_err(|error| StoreError::corrupt(what, error))
}

fn count(number: i32) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|error| StoreError::corrupt(LINE, error))
}

fn stored(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

pub(super) fn order(
    row: capricorn_orders::Model,
    lines: Vec<capricorn_order_lines::Model>,
) -> Result<Order, StoreError> {
    let currency: Currency = word("capricorn_orders.currency", &row.currency)?;
    let money = |cents| Money::new(cents, currency);
    let cancel_by = json("capricorn_orders.cancel_asked_by", row.cancel_asked_by)?;
    Ok(Order {
        id: row.id.into(),
        number: OrderNumber::trusted(row.order_number),
        tenant_id: row.tenant_id.into(),
        status: word("capricorn_orders.status", &row.status)?,
        external_id: row.external_order_id,
        revision: row.revision,
        lines: lines.into_iter().map(|row| line(row, currency)).collect::<Result<_, _>>()?,
        subtotal: money(row.subtotal_cents),
        gst: money(row.gst_cents),
        total: money(row.total_cents),
        delivery_type: word("capricorn_orders.delivery_type", &row.delivery_type)?,
        notes: row.notes.map(OrderNotes::trusted),
        purchase_order_number: row.purchase_order_number.map(PurchaseOrderNumber::trusted),
        vehicle: json("capricorn_orders.vehicle", row.vehicle)?,
        error_message: row.error_message,
        needs_review: row.needs_review,
        review_reason: row.review_reason,
        placed_by: row.placed_by_id.map(TenantUserId),
        credentials: UsedCredentials { integration_id: row.integration_id, key_fingerprint: row.key_fingerprint },
        progress: Progress {
            task: row.task,
            sending_since: row.sending_since,
            sends: count(row.sends)?,
            tries: count(row.tries)?,
            lost_at: row.lost_at,
            absent_at: row.absent_at,
            asked_at: row.asked_at,
            doubted_revision: row.doubted_revision,
            cancel: cancel_by.zip(row.cancel_asked_at).map(|(by, at)| CancelAsked { by, at }),
        },
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

fn line(row: capricorn_order_lines::Model, currency: Currency) -> Result<OrderLine, StoreError> {
    let part = PartId::parse_as(LINE, &row.product_id).map_err(|error| StoreError::corrupt(LINE, error.message))?;
    Ok(OrderLine {
        part,
        sku: row.sku,
        name: row.name,
        quantity: count(row.quantity)?,
        unit_price: Money::new(row.unit_price_cents, currency),
        line_total: Money::new(row.line_total_cents, currency),
        fate: LineFate {
            accepted: count(row.accepted)?,
            backordered: count(row.backordered)?,
            rejected: count(row.rejected)?,
            cancelled: count(row.cancelled)?,
            shipped: count(row.shipped)?,
        },
    })
}

/// Everything of an order but its lines.
pub(super) fn order_row(order: &Order) -> Result<capricorn_orders::ActiveModel, StoreError> {
    Ok(capricorn_orders::ActiveModel {
        id: Set(order.id.uuid()),
        order_number: Set(order.number.to_string()),
        tenant_id: Set(order.tenant_id.uuid()),
        currency: Set(order.total.currency().to_string()),
        subtotal_cents: Set(order.subtotal.cents()),
        gst_cents: Set(order.gst.cents()),
        total_cents: Set(order.total.cents()),
        delivery_type: Set(order.delivery_type.as_str().to_owned()),
        notes: Set(order.notes.as_ref().map(|it| it.as_str().to_owned())),
        purchase_order_number: Set(order.purchase_order_number.as_ref().map(|it| it.as_str().to_owned())),
        vehicle: Set(to_json("capricorn_orders.vehicle", order.vehicle.as_ref())?),
        placed_by_id: Set(order.placed_by.map(TenantUserId::uuid)),
        created_at: Set(order.created_at),
        ..order_changes(order)?
    })
}

/// What can change of an order.
pub(super) fn order_changes(order: &Order) -> Result<capricorn_orders::ActiveModel, StoreError> {
    let progress = &order.progress;
    let cancel_by = progress.cancel.map(|cancel| cancel.by);
    Ok(capricorn_orders::ActiveModel {
        status: Set(order.status.as_str().to_owned()),
        external_order_id: Set(order.external_id.clone()),
        revision: Set(order.revision),
        error_message: Set(order.error_message.clone()),
        needs_review: Set(order.needs_review),
        review_reason: Set(order.review_reason.clone()),
        integration_id: Set(order.credentials.integration_id),
        key_fingerprint: Set(order.credentials.key_fingerprint.clone()),
        task: Set(progress.task),
        sending_since: Set(progress.sending_since),
        sends: Set(stored(progress.sends)),
        tries: Set(stored(progress.tries)),
        lost_at: Set(progress.lost_at),
        absent_at: Set(progress.absent_at),
        asked_at: Set(progress.asked_at),
        doubted_revision: Set(progress.doubted_revision),
        cancel_asked_by: Set(to_json("capricorn_orders.cancel_asked_by", cancel_by.as_ref())?),
        cancel_asked_at: Set(progress.cancel.map(|cancel| cancel.at)),
        version: Set(order.version),
        updated_at: Set(order.updated_at),
        ..Default::default()
    })
}

pub(super) fn line_rows(order: &Order) -> impl Iterator<Item = capricorn_order_lines::ActiveModel> + '_ {
    order.lines.iter().zip(0..).map(|(line, position)| capricorn_order_lines::ActiveModel {
        order_id: Set(order.id.uuid()),
        position: Set(position),
        tenant_id: Set(order.tenant_id.uuid()),
        product_id: Set(line.part.to_string()),
        sku: Set(line.sku.clone()),
        name: Set(line.name.clone()),
        quantity: Set(stored(line.quantity)),
        unit_price_cents: Set(line.unit_price.cents()),
        line_total_cents: Set(line.line_total.cents()),
        accepted: Set(stored(line.fate.accepted)),
        backordered: Set(stored(line.fate.backordered)),
        rejected: Set(stored(line.fate.rejected)),
        cancelled: Set(stored(line.fate.cancelled)),
        shipped: Set(stored(line.fate.shipped)),
    })
}
