//! What this crate announces of orders: what happened, never what people wrote.

use kernel::{
    TenantUserId,
    outbox::{About, DomainEvent},
};
use serde::{Deserialize, Serialize};

use crate::domain::OrderStatus;

/// Events of orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub enum OrderEvent {
    /// An order was placed; it is about to be sent.
    #[serde(rename = "order.placed.v1")]
    Placed {
        order_number: String,
        total_amount_cents: i64,
        currency: String,
        delivery_type: String,
        placed_by_id: Option<TenantUserId>,
    },
    /// The supplier has it.
    #[serde(rename = "order.submitted.v1")]
    Submitted { order_number: String, external_order_id: String, status: OrderStatus },
    /// It moved, or what becomes of its lines did.
    #[serde(rename = "order.updated.v1")]
    Updated { order_number: String, from: OrderStatus, to: OrderStatus, lines: Vec<LineNews> },
    /// It will not be sent.
    #[serde(rename = "order.cancelled.v1")]
    Cancelled { order_number: String, external_order_id: Option<String>, from: OrderStatus },
    /// The supplier did not take it, or cannot send it.
    #[serde(rename = "order.failed.v1")]
    Failed { order_number: String, external_order_id: Option<String>, from: OrderStatus },
    /// People must look at it.
    #[serde(rename = "order.needs_review.v1")]
    NeedsReview { order_number: String, status: OrderStatus },
}

/// What became of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct LineNews {
    pub product_id: String,
    pub shipped: u32,
    pub backordered: u32,
}

impl DomainEvent for OrderEvent {
    fn about(&self) -> About {
        match self {
            Self::NeedsReview { .. } => About::staff("order", "capricorn:read"),
            Self::Placed { .. }
            | Self::Submitted { .. }
            | Self::Updated { .. }
            | Self::Cancelled { .. }
            | Self::Failed { .. } => About::tenant("order", "parts:read"),
        }
    }
}
