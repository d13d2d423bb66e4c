use chrono::{DateTime, Utc};
use kernel::{Entropy, Money, reference};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::PartId;

/// Our number of an order, by which the supplier knows it, too: `ORD-` and what [`reference::draw`] draws.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderNumber(String);

impl OrderNumber {
    /// Draws a number at `now`; numbers sort by their time.
    #[must_use]
    pub fn draw(now: DateTime<Utc>, entropy: &dyn Entropy) -> Self {
        Self(reference::draw("ORD", now, entropy))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes back what a store kept.
    pub(crate) fn trusted(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// How parts come to the workshop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum DeliveryType {
    /// With the usual round.
    Standard,
    /// As soon as can be.
    Express,
    /// Somebody fetches them.
    Pickup,
}

/// An order as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Ours: the client reference and, with it, the idempotency key of every time that it is sent.
    pub number: OrderNumber,
    /// One for each part.
    pub lines: Vec<SubmissionLine>,
    /// How it comes.
    pub delivery_type: DeliveryType,
    /// For the supplier's people.
    pub notes: Option<String>,
    /// The workshop's own number.
    pub purchase_order_number: Option<String>,
    /// With GST.
    pub total: Money,
}

/// A line of an order as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct SubmissionLine {
    pub part: PartId,
    pub quantity: u32,
    /// Before GST.
    pub unit_price: Money,
}

/// What the supplier says of an order: news, not yet believed.
#[derive(Debug, Clone, PartialEq)]
pub struct SupplierOrder {
    /// The supplier's number.
    pub order_id: String,
    /// Our number, as the supplier has it.
    pub client_reference: String,
    /// How far it is.
    pub status: SupplierStatus,
    /// Rises with every change of the order.
    pub revision: i64,
    /// As they came; they may be missing, foreign, doubled or not add up.
    pub lines: Vec<SupplierLine>,
    /// The whole answer, for the file.
    pub raw: serde_json::Value,
}

/// A line of the supplier's order, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct SupplierLine {
    pub part: String,
    pub quantity: i64,
    pub accepted: i64,
    pub backordered: i64,
    pub rejected: i64,
    pub cancelled: i64,
    pub shipped: i64,
}

/// How far an order is, in the supplier's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SupplierStatus {
    /// Taken, not looked at yet.
    Pending,
    /// It will be sent.
    Confirmed,
    /// Some of it is waited for.
    Backordered,
    /// Some of it was sent.
    PartiallyShipped,
    /// All of it was sent.
    Shipped,
    /// All of it has arrived.
    Delivered,
    /// It will not be sent.
    Cancelled,
    /// It cannot be sent.
    Failed,
    /// A word that nobody knows.
    Unknown(String),
}
