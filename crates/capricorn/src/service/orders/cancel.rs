use chrono::TimeDelta;
use kernel::{Backoff, RequestContext, StoreError, TenantId, Tx};

use super::{Dependencies, OrderView, WorkshopOrders, edit::Edit, read::GONE, tasks::Work};
use crate::{
    CapricornError,
    domain::{CancelAsked, Order, OrderId, OrderStatus, SupplierOrder},
    repository::{SupplierError, SupplierFailure},
};

/// How long to wait before a cancellation without an answer is asked again.
const AGAIN: Backoff =
    Backoff { first: std::time::Duration::from_secs(5), most: std::time::Duration::from_secs(30 * 60) };

/// What came of asking the supplier for a cancellation.
enum Said {
    /// How the order is now.
    News(Box<SupplierOrder>),
    /// It refuses; how the order is now, if it says.
    Refused(Option<Box<SupplierOrder>>),
    /// Nothing that helps.
    Failed(SupplierError),
}

impl WorkshopOrders {
    /// Asks for an order not to be sent: here, while the supplier cannot have it; else there. What is cancelled already stays so.
    ///
    /// # Errors
    /// [`CapricornError::NotFound`]; [`CapricornError::OrderInDoubt`] while nobody knows whether the supplier has it;
    /// [`CapricornError::IllegalTransition`] when it is too late; and what a call can come to. When the answer is lost, the
    /// supplier is asked again until it is known.
    pub async fn cancel(
        &self,
        context: &RequestContext,
        tenant: TenantId,
        id: OrderId,
    ) -> Result<OrderView, CapricornError> {
        let (order, is_first) = match self.deps.begin_cancel(context, tenant, id).await? {
            Begun::Over(order) => (order, None),
            Begun::Ask { order, is_first } => (order, Some(is_first)),
        };
        let order = match is_first {
            None => order,
            Some(is_first) => self.deps.ask_cancel(Some(context), &order, is_first).await?,
        };
        self.deps.view(order).await
    }
}

enum Begun {
    Over(Order),
    Ask { order: Order, is_first: bool },
}

impl Dependencies {
    /// Cancels it here; or notes that it is asked for, so that it is asked again should this process die.
    async fn begin_cancel(
        &self,
        context: &RequestContext,
        tenant: TenantId,
        id: OrderId,
    ) -> Result<Begun, CapricornError> {
        let now = self.clock.now();
        let mut tx = self.transactor.begin().await?;
        let edit = self.edit_in(&mut tx, Some(tenant), id).await?;
        let mut edit: Edit = edit.ok_or(CapricornError::NotFound("order"))?;
        let order = &mut edit.after;
        match order.status {
            OrderStatus::Cancelled => return Ok(Begun::Over(edit.before)),
            OrderStatus::Delivered | OrderStatus::Failed => return Err(too_late(order)),
            OrderStatus::Submitting if order.is_unsent() => {
                order.withdraw();
                let order = self.save_in(&mut tx, Some(context), edit).await?;
                tx.commit().await?;
                self.waiters.wake(id);
                return Ok(Begun::Over(order));
            }
            OrderStatus::Submitting | OrderStatus::SubmitUnknown => return Err(CapricornError::OrderInDoubt),
            OrderStatus::Pending
            | OrderStatus::Confirmed
            | OrderStatus::Backordered
            | OrderStatus::PartiallyShipped
            | OrderStatus::Shipped => {}
        }
        let is_first = order.progress.cancel.is_none();
        order.progress.cancel = Some(CancelAsked { by: context.caller.subject, at: now });
        order.progress.tries = 0;
        let calls = TimeDelta::from_std(self.timing.call * 2).unwrap_or_default() + TimeDelta::seconds(5);
        self.schedule_in(&mut tx, order, Work::Cancel, now + calls).await?;
        let order = self.save_in(&mut tx, None, edit).await?;
        tx.commit().await?;
        Ok(Begun::Ask { order, is_first })
    }

    /// Asks the supplier. `is_first` tells that no earlier question can have reached it: if this one cannot either, nothing was
    /// asked at all.
    pub(super) async fn ask_cancel(
        &self,
        context: Option<&RequestContext>,
        order: &Order,
        is_first: bool,
    ) -> Result<Order, CapricornError> {
        let said = self.say_cancel(order).await?;
        let mut tx = self.transactor.begin().await?;
        let edit = self.edit_in(&mut tx, Some(order.tenant_id), order.id).await?;
        let mut edit: Edit = edit.ok_or(CapricornError::NotFound("order"))?;
        // By now somebody else may know.
        let is_open = edit.before.progress.cancel.is_some();
        let mut is_known = true;
        match &said {
            Said::News(news) | Said::Refused(Some(news)) => {
                self.hear_in(&mut tx, &mut edit, news).await?;
            }
            Said::Refused(None) => {}
            Said::Failed(error) if error.failure == SupplierFailure::NotFound => edit.after.doubt(GONE),
            Said::Failed(error) => is_known = is_first && !error.may_have_happened,
        }
        if is_open {
            self.go_on_in(&mut tx, &mut edit, is_known).await?;
        }
        let order = self.save_in(&mut tx, context, edit).await?;
        tx.commit().await?;
        match said {
            _ if order.status == OrderStatus::Cancelled => Ok(order),
            Said::News(_) => Ok(order),
            Said::Refused(_) => Err(too_late(&order)),
            Said::Failed(error) if error.failure == SupplierFailure::NotFound => Err(too_late(&order)),
            Said::Failed(error) => Err(error.into()),
        }
    }

    /// What is next: to ask how far it is, or to ask again for it to be cancelled.
    async fn go_on_in(&self, tx: &mut Tx, edit: &mut Edit, is_known: bool) -> Result<(), StoreError> {
        let order = &mut edit.after;
        if is_known || order.status.is_final() {
            order.progress.cancel = None;
            order.progress.tries = 0;
            return self.follow_in(tx, order).await;
        }
        order.progress.tries += 1;
        let due = self.clock.now() + AGAIN.after(order.progress.tries, &*self.entropy);
        self.schedule_in(tx, order, Work::Cancel, due).await
    }

    async fn say_cancel(&self, order: &Order) -> Result<Said, CapricornError> {
        let account = match self.account(order.tenant_id).await {
            Ok(account) => account,
            Err(CapricornError::NotConfigured) => {
                let failure = SupplierFailure::CredentialsRefused;
                return Ok(Said::Failed(SupplierError { failure, may_have_happened: false }));
            }
            Err(error) => return Err(error),
        };
        let external_id = order.external_id.as_deref().unwrap_or_default();
        let said = self.supplier.cancel(&account, external_id).await;
        match self.heed(&account, said).await {
            Ok(news) => Ok(Said::News(Box::new(news))),
            Err(SupplierError { failure: SupplierFailure::Rejected { .. }, .. }) => {
                let news = self.supplier.order(&account, external_id).await;
                Ok(Said::Refused(self.heed(&account, news).await.ok().map(Box::new)))
            }
            Err(error) => Ok(Said::Failed(error)),
        }
    }
}

fn too_late(order: &Order) -> CapricornError {
    CapricornError::IllegalTransition(format!("the order is {} and cannot be cancelled any more", order.status))
}
