use rstest::rstest;
use serde_json::json;

use super::bills::{invoice, quote};
use crate::domain::{PartId, WantedItem};

fn item(part: &str, quantity: u32) -> WantedItem {
    WantedItem { part: PartId::parse_as("id", part).expect("an id"), quantity }
}

/// Two lines; GST of 0.05 is 0.005 and of 0.15 is 0.015, so 0.01 and 0.02: per line, half up.
fn bill() -> serde_json::Value {
    json!({
        "quoteId": "Q-1", "invoiceNumber": "I-1", "orderId": "O-1", "validUntil": "2026-03-01T10:00:00Z",
        "issuedAt": "2026-03-01T10:00:00Z", "dueAt": "2026-03-31T10:00:00Z", "currency": "AUD",
        "lines": [
            { "productId": "A", "sku": "a", "name": "A", "quantity": 1, "unitPrice": "0.05", "lineTotal": 0.05 },
            { "productId": "B", "sku": "b", "name": "B", "quantity": 3, "unitPrice": 0.05, "lineTotal": "0.15" },
        ],
        "subtotal": 0.2, "gst": "0.03", "total": 0.23,
    })
}

fn with(pointer: &str, value: serde_json::Value) -> String {
    let mut bill = bill();
    *bill.pointer_mut(pointer).expect("a member") = value;
    bill.to_string()
}

fn quoted(text: &str, items: &[WantedItem]) -> Option<crate::domain::Quote> {
    quote(serde_json::from_str(text).ok()?, items).ok()
}

fn invoiced(text: &str, order_id: &str) -> Option<crate::domain::Invoice> {
    invoice(serde_json::from_str(text).ok()?, order_id).ok()
}

#[test]
fn a_quote_that_adds_up_is_one_in_the_order_of_the_items() {
    let quote = quoted(&bill().to_string(), &[item("B", 3), item("A", 1)]).expect("a quote");
    let parts: Vec<_> = quote.lines.iter().map(|line| (line.part.as_str(), line.line_total.cents())).collect();
    assert_eq!(parts, [("B", 15), ("A", 5)]);
    assert_eq!((quote.subtotal.cents(), quote.gst.cents(), quote.total.cents()), (20, 3, 23));
}

#[rstest]
#[case("/subtotal", json!("0.21"))]
#[case("/gst", json!("0.02"))]
#[case("/total", json!("0.22"))]
#[case("/lines/0/lineTotal", json!("0.06"))]
#[case("/lines/0/unitPrice", json!("0.051"))]
#[case("/lines/0/unitPrice", json!(-0.05))]
#[case("/lines/0/unitPrice", json!(null))]
#[case("/currency", json!("NZD"))]
fn a_bill_that_does_not_add_up_is_none(#[case] pointer: &str, #[case] value: serde_json::Value) {
    let text = with(pointer, value);
    assert_eq!(quoted(&text, &[item("A", 1), item("B", 3)]), None);
    assert_eq!(invoiced(&text, "O-1"), None);
}

#[rstest]
#[case(&[item("A", 1)])]
#[case(&[item("A", 1), item("B", 2)])]
#[case(&[item("A", 1), item("C", 3)])]
#[case(&[item("A", 1), item("B", 3), item("C", 1)])]
fn a_quote_for_something_else_is_none(#[case] items: &[WantedItem]) {
    assert_eq!(quoted(&bill().to_string(), items), None);
}

#[test]
fn an_invoice_is_the_orders_own() {
    let text = bill().to_string();
    assert_eq!(invoiced(&text, "O-1").map(|invoice| invoice.total.cents()), Some(23));
    assert_eq!(invoiced(&text, "O-2"), None);
}
