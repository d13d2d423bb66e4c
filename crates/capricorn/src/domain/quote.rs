use chrono::{DateTime, Utc};
use kernel::Money;

use super::PartId;

/// So many of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct WantedItem {
    pub part: PartId,
    /// 1 to 9,999.
    pub quantity: u32,
}

/// What the supplier asks for some parts. Its sums add up to the cent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Quote {
    pub quote_id: String,
    /// One for each item, in their order.
    pub lines: Vec<QuoteLine>,
    /// Before GST.
    pub subtotal: Money,
    /// 10 % of each line, rounded half up.
    pub gst: Money,
    pub total: Money,
    pub valid_until: DateTime<Utc>,
}

/// A line of a quote.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct QuoteLine {
    pub part: PartId,
    pub sku: String,
    pub name: String,
    pub quantity: u32,
    /// Before GST.
    pub unit_price: Money,
    /// Before GST.
    pub line_total: Money,
}
