//! An order for the unit tests, and what the supplier says of it.

use kernel::{Clock as _, Currency, Money, TenantId, TenantUserId};
use serde_json::json;
use test_support::{FixedClock, SeededEntropy};
use uuid::Uuid;

use crate::domain::{
    DeliveryType, LineFate, Order, OrderId, OrderLine, OrderNumber, OrderStatus, PartId, Progress, SupplierLine,
    SupplierOrder, SupplierStatus, UsedCredentials,
};

pub(crate) const TENANT: TenantId = TenantId(Uuid::from_u128(7));
pub(crate) const PERSON: TenantUserId = TenantUserId(Uuid::from_u128(8));
pub(crate) const ORDER: OrderId = OrderId(Uuid::from_u128(70));

/// An order of two parts that is here; the supplier has it, unless it is in limbo, as `CAP-1` of revision 1.
pub(crate) fn an_order(status: OrderStatus) -> Order {
    let now = FixedClock::default().now();
    let aud = |cents| Money::new(cents, Currency::AUD);
    let line = |part: &str, quantity: u32, cents: i64| OrderLine {
        part: PartId::parse_as("id", part).expect("an id"),
        sku: format!("SKU-{part}"),
        name: format!("Part {part}"),
        quantity,
        unit_price: aud(cents),
        line_total: aud(cents * i64::from(quantity)),
        fate: LineFate::default(),
    };
    let is_sent = !status.is_limbo();
    Order {
        id: ORDER,
        number: OrderNumber::draw(now, &SeededEntropy::default()),
        tenant_id: TENANT,
        status,
        external_id: is_sent.then(|| "CAP-1".to_owned()),
        revision: is_sent.then_some(1),
        lines: vec![line("P-1", 2, 8_415), line("P-2", 1, 500)],
        subtotal: aud(17_330),
        gst: aud(1_733),
        total: aud(19_063),
        delivery_type: DeliveryType::Standard,
        notes: None,
        purchase_order_number: None,
        vehicle: None,
        error_message: None,
        needs_review: false,
        review_reason: None,
        placed_by: Some(PERSON),
        credentials: UsedCredentials { integration_id: None, key_fingerprint: "f".to_owned() },
        progress: Progress { task: 1, ..Progress::default() },
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// The supplier's news of an order, all of which it has accepted.
pub(crate) fn news(order: &Order, status: SupplierStatus, revision: i64) -> SupplierOrder {
    let line = |line: &OrderLine| SupplierLine {
        part: line.part.to_string(),
        quantity: line.quantity.into(),
        accepted: line.quantity.into(),
        backordered: 0,
        rejected: 0,
        cancelled: 0,
        shipped: 0,
    };
    SupplierOrder {
        order_id: "CAP-1".to_owned(),
        client_reference: order.number.to_string(),
        status,
        revision,
        lines: order.lines.iter().map(line).collect(),
        raw: json!({ "orderId": "CAP-1", "revision": revision }),
    }
}
