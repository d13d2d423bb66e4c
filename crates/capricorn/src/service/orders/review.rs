use kernel::{Changes, FieldCode, FieldError, RequestContext, StoreError, Tx};

use super::{Dependencies, OrderView, StaffOrders, announce::entry, edit::Edit, tasks::Work};
use crate::{
    CapricornError,
    domain::{News, Order, OrderId, Outcome, Resolution, SupplierOrder},
    repository::{SupplierError, SupplierFailure},
};

impl StaffOrders {
    /// Decides about an order that is in limbo: it is one that the supplier has, it is sent again, or it is given up.
    ///
    /// # Errors
    /// [`CapricornError::NotFound`]; [`CapricornError::IllegalTransition`] for an order that is not in limbo;
    /// [`CapricornError::OrderInDoubt`] while it is being sent; [`CapricornError::Validation`] when the supplier's order is not
    /// ours; with ADOPT also what a call can come to.
    pub async fn resolve(
        &self,
        context: &RequestContext,
        id: OrderId,
        resolution: Resolution,
    ) -> Result<OrderView, CapricornError> {
        let deps = &self.deps;
        let order = deps.orders.find(None, id).await?.ok_or(CapricornError::NotFound("order"))?;
        check(&order)?;
        let news = match &resolution.outcome {
            Outcome::Adopt(external_id) => Some(deps.find_to_adopt(&order, external_id).await?),
            Outcome::Resend | Outcome::Fail => None,
        };
        let mut tx = deps.transactor.begin().await?;
        let edit = deps.edit_in(&mut tx, None, id).await?;
        let mut edit = edit.ok_or(CapricornError::NotFound("order"))?;
        check(&edit.before)?;
        match (&resolution.outcome, news) {
            (Outcome::Adopt(_), Some(news)) => {
                deps.adopt_in(&mut tx, &mut edit, &news).await?;
            }
            (Outcome::Adopt(_), None) => return Err(not_ours()),
            (Outcome::Resend, _) => deps.resend_in(&mut tx, &mut edit).await?,
            (Outcome::Fail, _) => edit.after.fail("It was given up after a review."),
        }
        let before = edit.before.status;
        let order = deps.save_in(&mut tx, Some(context), edit).await?;
        let changes = Changes::new()
            .set("outcome", &word(&resolution.outcome))
            .set("externalOrderId", &order.external_id)
            .field("status", &before, &order.status)
            .personal("note");
        deps.audit.record_in(&mut tx, context, entry("ORDER_RESOLVED", &order).changes(changes)).await?;
        deps.orders.note_resolution_in(&mut tx, &order, &resolution.note).await?;
        tx.commit().await?;
        deps.waiters.wake(id);
        deps.view(order).await
    }
}

impl Dependencies {
    /// The supplier's order of this number, if it is ours.
    async fn find_to_adopt(&self, order: &Order, external_id: &str) -> Result<SupplierOrder, CapricornError> {
        let account = self.account(order.tenant_id).await?;
        let said = self.supplier.order(&account, external_id).await;
        match self.heed(&account, said).await {
            Ok(news) if news.client_reference == order.number.as_str() => Ok(news),
            Ok(_) | Err(SupplierError { failure: SupplierFailure::NotFound, .. }) => Err(not_ours()),
            Err(error) => Err(error.into()),
        }
    }

    async fn adopt_in(&self, tx: &mut Tx, edit: &mut Edit, news: &SupplierOrder) -> Result<(), CapricornError> {
        // People have looked: what was doubted before does not count any more.
        edit.after.progress.doubted_revision = None;
        match self.hear_in(tx, edit, news).await? {
            News::Taken => {}
            News::Stale | News::Doubted(_) => return Err(not_ours()),
        }
        edit.after.progress.sending_since = None;
        Ok(self.follow_in(tx, &mut edit.after).await?)
    }

    async fn resend_in(&self, tx: &mut Tx, edit: &mut Edit) -> Result<(), StoreError> {
        let order = &mut edit.after;
        (order.needs_review, order.review_reason) = (false, None);
        let now = self.clock.now();
        let progress = &mut order.progress;
        (progress.sends, progress.tries, progress.doubted_revision) = (0, 0, None);
        // The day in which it is tried begins anew.
        progress.lost_at = Some(now);
        progress.absent_at = None;
        self.schedule_in(tx, order, Work::Submit, now).await
    }
}

/// Only what is in limbo, and not on its way at this moment, is for people to decide.
fn check(order: &Order) -> Result<(), CapricornError> {
    if !order.status.is_limbo() {
        let why = format!("the order is {}; only one whose outcome is not known can be resolved", order.status);
        return Err(CapricornError::IllegalTransition(why));
    }
    if order.progress.sending_since.is_some() {
        return Err(CapricornError::OrderInDoubt);
    }
    Ok(())
}

fn not_ours() -> CapricornError {
    FieldError::new("externalOrderId", FieldCode::NotFound, "names no order of Capricorn's that fits this one").into()
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Adopt(_) => "ADOPT",
        Outcome::Resend => "RESEND",
        Outcome::Fail => "FAIL",
    }
}

#[cfg(test)]
#[path = "review_tests.rs"]
mod tests;
