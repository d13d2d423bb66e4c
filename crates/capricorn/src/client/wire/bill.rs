use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{Amount, Text, part_id, product::Aud};
use crate::domain::PartId;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Line {
    #[serde(deserialize_with = "part_id")]
    pub(crate) product_id: PartId,
    #[serde(default)]
    pub(crate) sku: Text,
    #[serde(default)]
    pub(crate) name: Text,
    pub(crate) quantity: u32,
    pub(crate) unit_price: Amount,
    pub(crate) line_total: Amount,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QuoteAnswer {
    pub(crate) quote_id: Text,
    pub(crate) lines: Vec<Line>,
    pub(crate) subtotal: Amount,
    pub(crate) gst: Amount,
    pub(crate) total: Amount,
    #[serde(default, rename = "currency")]
    _currency: Aud,
    pub(crate) valid_until: DateTime<Utc>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InvoiceAnswer {
    pub(crate) invoice_number: Text,
    pub(crate) order_id: String,
    pub(crate) issued_at: DateTime<Utc>,
    pub(crate) due_at: DateTime<Utc>,
    pub(crate) lines: Vec<Line>,
    pub(crate) subtotal: Amount,
    pub(crate) gst: Amount,
    pub(crate) total: Amount,
    #[serde(default, rename = "currency")]
    _currency: Aud,
}
