//! What the trail and the rest of the system are told.

use kernel::{AuditEntry, Caller, Changes, RequestContext, StoreError, Tx, input::Word as _, outbox::NewEvent};

use super::Dependencies;
use crate::{
    domain::{Order, OrderStatus},
    events::{LineNews, OrderEvent},
};

/// A successful action on an order.
pub(super) fn entry(action: &'static str, order: &Order) -> AuditEntry {
    AuditEntry::done(action, "capricorn_order", order.id).tenant(order.tenant_id)
}

fn number(order: &Order) -> String {
    order.number.to_string()
}

impl Dependencies {
    async fn tell_in(&self, tx: &mut Tx, order: &Order, fact: OrderEvent) -> Result<(), StoreError> {
        self.outbox.publish_in(tx, NewEvent::new(order.id, fact).tenant(order.tenant_id)).await?;
        Ok(())
    }

    pub(super) async fn announce_placement_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        order: &Order,
    ) -> Result<(), StoreError> {
        let changes = Changes::new()
            .set("orderNumber", &order.number)
            .set("status", &order.status)
            .set("totalAmountCents", &order.total.cents())
            .set("deliveryType", &order.delivery_type.as_str());
        self.audit.record_in(tx, context, entry("ORDER_PLACED", order).status(201).changes(changes)).await?;
        let fact = OrderEvent::Placed {
            order_number: number(order),
            total_amount_cents: order.total.cents(),
            currency: order.total.currency().to_string(),
            delivery_type: order.delivery_type.as_str().to_owned(),
            placed_by_id: order.placed_by,
        };
        self.tell_in(tx, order, fact).await
    }

    /// Tells of a change; the trail of a cancellation only if somebody asked for it.
    pub(super) async fn announce_change_in(
        &self,
        tx: &mut Tx,
        context: Option<&RequestContext>,
        before: &Order,
        after: &Order,
    ) -> Result<(), StoreError> {
        if after.needs_review && !before.needs_review {
            let fact = OrderEvent::NeedsReview { order_number: number(after), status: after.status };
            self.tell_in(tx, after, fact).await?;
        }
        let (from, to) = (before.status, after.status);
        let external_order_id = after.external_id.clone();
        if let Some(external_order_id) = external_order_id.clone().filter(|_| from.is_limbo() && !to.is_limbo()) {
            let fact = OrderEvent::Submitted { order_number: number(after), external_order_id, status: to };
            self.tell_in(tx, after, fact).await?;
        }
        let moved = from != to;
        let order_number = number(after);
        match to {
            OrderStatus::Cancelled if moved => {
                self.record_cancellation_in(tx, context, before, after).await?;
                self.tell_in(tx, after, OrderEvent::Cancelled { order_number, external_order_id, from }).await
            }
            OrderStatus::Failed if moved => {
                self.tell_in(tx, after, OrderEvent::Failed { order_number, external_order_id, from }).await
            }
            _ if from.is_limbo() || (!moved && before.lines == after.lines) => Ok(()),
            _ => {
                let line = |line: &crate::domain::OrderLine| LineNews {
                    product_id: line.part.to_string(),
                    shipped: line.fate.shipped,
                    backordered: line.fate.backordered,
                };
                let lines = after.lines.iter().map(line).collect();
                self.tell_in(tx, after, OrderEvent::Updated { order_number, from, to, lines }).await
            }
        }
    }

    /// Whoever asked for it may be long gone when it is known.
    async fn record_cancellation_in(
        &self,
        tx: &mut Tx,
        context: Option<&RequestContext>,
        before: &Order,
        after: &Order,
    ) -> Result<(), StoreError> {
        let asked = before.progress.cancel.map(|asked| RequestContext {
            caller: Caller::new(asked.by),
            ..RequestContext::system("capricorn", format!("cancel-{}", after.id))
        });
        let Some(context) = context.or(asked.as_ref()) else { return Ok(()) };
        let changes = Changes::new().field("status", &before.status, &after.status);
        self.audit.record_in(tx, context, entry("ORDER_CANCELLED", after).changes(changes)).await
    }
}
