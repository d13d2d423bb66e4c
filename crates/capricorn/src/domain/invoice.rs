use chrono::{DateTime, Utc};
use kernel::Money;

use super::PartId;

/// The supplier's invoice for an order. Its sums add up to the cent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Invoice {
    pub invoice_number: String,
    /// The supplier's number of the order.
    pub order_id: String,
    pub issued_at: DateTime<Utc>,
    pub due_at: DateTime<Utc>,
    pub lines: Vec<InvoiceLine>,
    /// Before GST.
    pub subtotal: Money,
    pub gst: Money,
    pub total: Money,
}

/// A line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct InvoiceLine {
    pub part: PartId,
    pub sku: String,
    pub name: String,
    pub quantity: u32,
    /// Before GST.
    pub unit_price: Money,
    /// Before GST.
    pub line_total: Money,
}
