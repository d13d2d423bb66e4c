//! An order under change: locked, changed, and written back with all that follows from the change.

use kernel::{RequestContext, StoreError, TenantId, Tx};

use super::Dependencies;
use crate::{
    domain::{News, Order, OrderId, SupplierOrder, apply},
    repository::KeptNews,
};

/// A locked order as it was and as it is to be.
pub(super) struct Edit {
    pub(super) before: Order,
    pub(super) after: Order,
}

impl Dependencies {
    /// Locks an order for a change, if it is there.
    pub(super) async fn edit_in(
        &self,
        tx: &mut Tx,
        tenant: Option<TenantId>,
        id: OrderId,
    ) -> Result<Option<Edit>, StoreError> {
        let order = self.orders.find_for_update(tx, tenant, id).await?;
        Ok(order.map(|before| Edit { after: before.clone(), before }))
    }

    /// Takes what the supplier says, if it is newer and can be, and keeps it either way.
    pub(super) async fn hear_in(&self, tx: &mut Tx, edit: &mut Edit, news: &SupplierOrder) -> Result<News, StoreError> {
        let heard = apply(&mut edit.after, news);
        let fate = match &heard {
            News::Taken => "TAKEN",
            News::Stale => "STALE",
            News::Doubted(_) => "DOUBTED",
        };
        if heard == News::Taken {
            edit.after.progress.tries = 0;
        }
        let kept = KeptNews { at: self.clock.now(), revision: news.revision, fate, answer: news.raw.clone() };
        self.orders.keep_news_in(tx, &edit.after, &kept).await?;
        Ok(heard)
    }

    /// Writes the order, under the next version if anybody can see that it changed, and tells of it. An order that is cancelled
    /// because somebody asked for it is an entry of the trail.
    pub(super) async fn save_in(
        &self,
        tx: &mut Tx,
        context: Option<&RequestContext>,
        edit: Edit,
    ) -> Result<Order, StoreError> {
        let Edit { before, mut after } = edit;
        if before == after {
            return Ok(after);
        }
        let as_seen = Order { progress: before.progress, ..after.clone() };
        if as_seen != before {
            after.version = before.version + 1;
            after.updated_at = self.clock.now();
        }
        self.orders.update_in(tx, &after).await?;
        if after.lines != before.lines {
            self.orders.update_lines_in(tx, &after).await?;
        }
        self.announce_change_in(tx, context, &before, &after).await?;
        Ok(after)
    }
}
