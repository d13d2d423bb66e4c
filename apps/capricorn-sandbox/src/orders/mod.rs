//! Orders, and the way they go by themselves as time passes.

mod book;
mod plan;

pub use book::{OrderBook, Placed};
pub use plan::{Delivery, Plan, WantedLine, plan};

use chrono::{DateTime, Utc};
use serde::Serialize;
use strum::{Display, IntoStaticStr};

use plan::{Change, Shipment, Step};

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Display, IntoStaticStr)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs)]
pub enum OrderStatus {
    Pending,
    Confirmed,
    Backordered,
    PartiallyShipped,
    Shipped,
    Delivered,
    Cancelled,
    Failed,
}

/// A line: `accepted + backordered + rejected + cancelled = quantity`, and `shipped <= accepted`, always.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct OrderLine {
    pub product_id: String,
    pub quantity: u32,
    pub unit_price_cents: i64,
    pub accepted: u32,
    pub backordered: u32,
    pub rejected: u32,
    pub cancelled: u32,
    pub shipped: u32,
}

/// An order as it stands.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Order {
    pub id: String,
    pub customer_id: String,
    pub client_reference: String,
    pub idempotency_key: String,
    pub status: OrderStatus,
    /// Rises with every change.
    pub revision: u32,
    pub lines: Vec<OrderLine>,
    /// With GST.
    pub total_cents: i64,
    pub delivery: Delivery,
    pub purchase_order_number: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// When it was shipped whole: from then on there is an invoice.
    pub invoiced_at: Option<DateTime<Utc>>,
    pub(crate) shipments: Vec<Shipment>,
    /// Soonest last.
    pub(crate) steps: Vec<Step>,
}

/// It is on its way already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlreadyShipped;

impl Order {
    /// Does what was to happen until `now`.
    pub fn progress(&mut self, now: DateTime<Utc>) {
        while let Some(step) = self.steps.pop_if(|step| step.at <= now) {
            for change in &step.changes {
                self.apply(*change);
            }
            self.changed(step.at);
        }
    }

    /// Takes back what has not been shipped; an order that has ended already stays as it is.
    pub fn cancel(&mut self, now: DateTime<Utc>) -> Result<(), AlreadyShipped> {
        self.progress(now);
        match self.status {
            OrderStatus::Cancelled | OrderStatus::Failed => return Ok(()),
            OrderStatus::PartiallyShipped | OrderStatus::Shipped | OrderStatus::Delivered => {
                return Err(AlreadyShipped);
            }
            OrderStatus::Pending | OrderStatus::Confirmed | OrderStatus::Backordered => {}
        }
        for line in &mut self.lines {
            line.cancelled += line.accepted + line.backordered;
            (line.accepted, line.backordered) = (0, 0);
        }
        self.steps.clear();
        self.shipments.clear();
        self.changed(now);
        Ok(())
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Confirm => self.status = OrderStatus::Confirmed,
            Change::Reject { line, quantity } => {
                self.shift(line, quantity, |line| (&mut line.accepted, &mut line.rejected))
            }
            Change::Backorder { line, quantity } => {
                self.shift(line, quantity, |line| (&mut line.accepted, &mut line.backordered));
            }
            Change::Arrive { line, quantity } => {
                self.shift(line, quantity, |line| (&mut line.backordered, &mut line.accepted));
            }
            Change::Drop { line, quantity } => {
                self.shift(line, quantity, |line| (&mut line.backordered, &mut line.cancelled));
            }
            Change::Ship { shipment } => {
                let items = self.shipments.get(shipment).map(|shipment| shipment.items.clone()).unwrap_or_default();
                for (line, quantity) in items {
                    if let Some(line) = self.lines.get_mut(line) {
                        line.shipped = (line.shipped + quantity).min(line.accepted);
                    }
                }
            }
            Change::Deliver => {}
        }
    }

    /// Moves a quantity from one count of a line to another, so that the sum stays.
    fn shift(&mut self, line: usize, quantity: u32, counts: impl Fn(&mut OrderLine) -> (&mut u32, &mut u32)) {
        if let Some(line) = self.lines.get_mut(line) {
            let (from, to) = counts(line);
            let quantity = quantity.min(*from);
            *from -= quantity;
            *to += quantity;
        }
    }

    fn changed(&mut self, at: DateTime<Utc>) {
        self.revision += 1;
        self.updated_at = at;
        self.status = self.status_by_lines(at);
        if matches!(self.status, OrderStatus::Shipped | OrderStatus::Delivered) && self.invoiced_at.is_none() {
            self.invoiced_at = Some(at);
        }
    }

    fn status_by_lines(&self, at: DateTime<Utc>) -> OrderStatus {
        let sum = |count: fn(&OrderLine) -> u32| self.lines.iter().map(count).sum::<u32>();
        let (accepted, backordered, shipped) =
            (sum(|line| line.accepted), sum(|line| line.backordered), sum(|line| line.shipped));
        if accepted + backordered == 0 {
            return if sum(|line| line.cancelled) > 0 { OrderStatus::Cancelled } else { OrderStatus::Failed };
        }
        match (shipped, backordered) {
            (0, 0) => self.status,
            (0, _) => OrderStatus::Backordered,
            _ if shipped < accepted + backordered => OrderStatus::PartiallyShipped,
            _ if self.shipments.iter().all(|shipment| shipment.delivered_at() <= at) => OrderStatus::Delivered,
            _ => OrderStatus::Shipped,
        }
    }
}

#[cfg(test)]
mod orders_tests;
