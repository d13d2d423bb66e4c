//! What is done with orders behind everybody's back. Each task asks the order first whether it is still the one to be done.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Backoff, RequestContext, StoreError, Tx};
use platform::queue::{Handler, Item, Outcome};

use super::{
    Dependencies,
    edit::Edit,
    read::GONE,
    tasks::{OrderTask, Work},
};
use crate::{
    CapricornError,
    domain::{Account, Answer, News, Order, OrderStatus, SupplierOrder, UsedCredentials, Verdict, reconcile},
    repository::{SupplierError, SupplierFailure},
};

/// How long to wait before an order that cannot have been sent is tried again.
const SEND_AGAIN: Backoff =
    Backoff { first: std::time::Duration::from_secs(2), most: std::time::Duration::from_secs(5 * 60) };

/// Sends orders, finds out about lost answers, and follows what was sent.
#[derive(Debug, Clone)]
pub struct OrderWorker {
    deps: Dependencies,
}

#[async_trait]
impl Handler<OrderTask> for OrderWorker {
    async fn handle(&self, item: &Item<OrderTask>) -> Outcome {
        let task = &item.payload;
        let done = match task.work {
            Work::Submit => self.submit(task).await,
            Work::Reconcile => self.reconcile(task).await,
            Work::Poll => self.poll(task).await,
            Work::Cancel => self.cancel(task).await,
        };
        self.deps.waiters.wake(task.order_id);
        done.map_or_else(Outcome::retry, |()| Outcome::Done)
    }
}

impl OrderWorker {
    /// Over these dependencies.
    #[must_use]
    pub fn new(deps: Dependencies) -> Self {
        Self { deps }
    }

    /// The order, if the task is still its latest.
    async fn order_of(&self, task: &OrderTask) -> Result<Option<Order>, StoreError> {
        let order = self.deps.orders.find(None, task.order_id).await?;
        Ok(order.filter(|order| order.progress.task == task.task))
    }

    /// [`order_of`](Self::order_of), locked.
    async fn edit_in(&self, tx: &mut Tx, task: &OrderTask) -> Result<Option<Edit>, StoreError> {
        let edit = self.deps.edit_in(tx, None, task.order_id).await?;
        Ok(edit.filter(|edit| edit.before.progress.task == task.task))
    }

    /// The credentials of now; `None` if there are none that can be used.
    async fn account(&self, order: &Order) -> Result<Option<Account>, StoreError> {
        match self.deps.account(order.tenant_id).await {
            Ok(account) => Ok(Some(account)),
            Err(CapricornError::Store(error)) => Err(error),
            Err(_) => Ok(None),
        }
    }

    async fn submit(&self, task: &OrderTask) -> Result<(), StoreError> {
        let Some(order) = self.order_of(task).await? else { return Ok(()) };
        let account = self.account(&order).await?;
        let Some(order) = self.begin_sending(task, account.as_ref()).await? else { return Ok(()) };
        let Some(account) = account else { return Ok(()) };
        let said = self.deps.supplier.submit(&account, &order.submission()).await;
        let said = self.deps.heed(&account, said).await;
        let mut tx = self.deps.transactor.begin().await?;
        let Some(mut edit) = self.deps.edit_in(&mut tx, None, task.order_id).await? else { return Ok(()) };
        let is_latest = edit.before.progress.task == task.task && edit.before.progress.sending_since.is_some();
        match said {
            // Good news is good news, however late it comes.
            Ok(news) => self.heard_in(&mut tx, &mut edit, &news).await?,
            Err(error) if is_latest => self.not_sent_in(&mut tx, &mut edit, error).await?,
            Err(_) => {}
        }
        self.deps.save_in(&mut tx, None, edit).await?;
        tx.commit().await
    }

    /// Notes that it is being sent, before it is: whatever happens then, it is known that it may have been. `None` if it is not to
    /// be sent.
    async fn begin_sending(&self, task: &OrderTask, account: Option<&Account>) -> Result<Option<Order>, StoreError> {
        let now = self.deps.clock.now();
        let mut tx = self.deps.transactor.begin().await?;
        let Some(mut edit) = self.edit_in(&mut tx, task).await? else { return Ok(None) };
        let order = &mut edit.after;
        if !order.status.is_limbo() || order.needs_review {
            return Ok(None);
        }
        let (mut context, mut is_sent) = (None, false);
        if order.progress.sending_since.is_some() {
            // The process that sent it died.
            self.lose_in(&mut tx, order, now).await?;
        } else if order.status == OrderStatus::Submitting && !self.is_open_in(&mut tx, order).await? {
            order.withdraw();
            order.error_message = Some("The workshop was suspended before the order was sent.".to_owned());
            context = Some(RequestContext::system("capricorn", format!("order-{}", order.id)));
        } else if let Some(account) = account {
            order.credentials = UsedCredentials::of(account);
            order.progress.sending_since = Some(now);
            order.progress.sends += 1;
            is_sent = true;
        } else if order.status == OrderStatus::Submitting {
            order.fail("There are no credentials for Capricorn.");
        } else {
            self.send_later_in(&mut tx, order, None).await?;
        }
        let order = self.deps.save_in(&mut tx, context.as_ref(), edit).await?;
        tx.commit().await?;
        Ok(is_sent.then_some(order))
    }

    async fn is_open_in(&self, tx: &mut Tx, order: &Order) -> Result<bool, StoreError> {
        let status = self.deps.workshops.find_status_for_share(tx, order.tenant_id).await?;
        Ok(status.is_some_and(kernel::TenantStatus::is_open))
    }

    /// The supplier has it, or says so.
    async fn heard_in(&self, tx: &mut Tx, edit: &mut Edit, news: &SupplierOrder) -> Result<(), StoreError> {
        let was_limbo = edit.before.status.is_limbo();
        let heard = self.deps.hear_in(tx, edit, news).await?;
        let order = &mut edit.after;
        if was_limbo {
            order.progress.sending_since = None;
        }
        match heard {
            News::Taken if was_limbo => self.deps.follow_in(tx, order).await,
            News::Doubted(_) if was_limbo => {
                order.status = OrderStatus::SubmitUnknown;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    async fn not_sent_in(&self, tx: &mut Tx, edit: &mut Edit, error: SupplierError) -> Result<(), StoreError> {
        let order = &mut edit.after;
        let retry_after = match error.failure {
            SupplierFailure::Rejected { .. } | SupplierFailure::NotFound | SupplierFailure::CredentialsRefused => {
                order.progress.sending_since = None;
                order.fail(&error.failure.to_string());
                return Ok(());
            }
            _ if error.may_have_happened => return self.lose_in(tx, order, self.deps.clock.now()).await,
            SupplierFailure::Busy { retry_after } | SupplierFailure::CircuitOpen { retry_after } => Some(retry_after),
            SupplierFailure::Timeout | SupplierFailure::Failed(_) => None,
        };
        order.progress.sending_since = None;
        order.progress.sends = order.progress.sends.saturating_sub(1);
        self.send_later_in(tx, order, retry_after).await
    }

    /// Nothing was sent: it is tried again, for a day.
    async fn send_later_in(
        &self,
        tx: &mut Tx,
        order: &mut Order,
        retry_after: Option<std::time::Duration>,
    ) -> Result<(), StoreError> {
        let now = self.deps.clock.now();
        if now - order.progress.lost_at.unwrap_or(order.created_at) >= self.deps.timing.give_up() {
            order.doubt("for a day the order could not be sent");
            return Ok(());
        }
        order.progress.tries += 1;
        let wait = SEND_AGAIN.after(order.progress.tries, &*self.deps.entropy).max(retry_after.unwrap_or_default());
        let wait = TimeDelta::from_std(wait).unwrap_or(TimeDelta::hours(1));
        self.deps.schedule_in(tx, order, Work::Submit, now + wait).await
    }

    /// It may have been sent, and nobody knows.
    async fn lose_in(&self, tx: &mut Tx, order: &mut Order, now: DateTime<Utc>) -> Result<(), StoreError> {
        order.status = OrderStatus::SubmitUnknown;
        let progress = &mut order.progress;
        (progress.sending_since, progress.lost_at, progress.absent_at, progress.tries) = (None, Some(now), None, 0);
        let due = self.deps.timing.next_question(now, now);
        self.deps.schedule_in(tx, order, Work::Reconcile, due).await
    }

    async fn reconcile(&self, task: &OrderTask) -> Result<(), StoreError> {
        let Some(order) = self.order_of(task).await? else { return Ok(()) };
        let found = match self.account(&order).await? {
            Some(account) => {
                let said = self.deps.supplier.find(&account, &order.number).await;
                self.deps.heed(&account, said).await.ok()
            }
            None => None,
        };
        let now = self.deps.clock.now();
        let mut tx = self.deps.transactor.begin().await?;
        let Some(mut edit) = self.edit_in(&mut tx, task).await? else { return Ok(()) };
        if !edit.before.status.is_limbo() || edit.before.needs_review {
            return Ok(());
        }
        let answer = match found.as_deref() {
            Some([news]) => {
                self.heard_in(&mut tx, &mut edit, news).await?;
                None
            }
            Some([]) => Some(Answer::Absent),
            Some(_) => Some(Answer::Contradiction),
            None => Some(Answer::Nothing),
        };
        if let Some(answer) = answer {
            self.decide_in(&mut tx, &mut edit.after, answer, now).await?;
        }
        self.deps.save_in(&mut tx, None, edit).await?;
        tx.commit().await
    }

    async fn decide_in(
        &self,
        tx: &mut Tx,
        order: &mut Order,
        answer: Answer,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        match reconcile(&mut order.progress, answer, now, &self.deps.timing) {
            Verdict::AskAt(at) => self.deps.schedule_in(tx, order, Work::Reconcile, at).await,
            Verdict::Resend => self.deps.schedule_in(tx, order, Work::Submit, now).await,
            Verdict::Review(why) => {
                order.doubt(why);
                Ok(())
            }
        }
    }

    async fn poll(&self, task: &OrderTask) -> Result<(), StoreError> {
        let Some(order) = self.order_of(task).await? else { return Ok(()) };
        let Some(external_id) = order.external_id.as_deref().filter(|_| !order.status.is_final()) else {
            return Ok(());
        };
        let said = match self.account(&order).await? {
            Some(account) => {
                let said = self.deps.supplier.order(&account, external_id).await;
                Some(self.deps.heed(&account, said).await)
            }
            None => None,
        };
        let mut tx = self.deps.transactor.begin().await?;
        let Some(mut edit) = self.edit_in(&mut tx, task).await? else { return Ok(()) };
        edit.after.progress.tries += 1;
        match said {
            Some(Ok(news)) => {
                self.deps.hear_in(&mut tx, &mut edit, &news).await?;
            }
            Some(Err(error)) if error.failure == SupplierFailure::NotFound => edit.after.doubt(GONE),
            Some(Err(_)) | None => {}
        }
        self.deps.follow_in(&mut tx, &mut edit.after).await?;
        self.deps.save_in(&mut tx, None, edit).await?;
        tx.commit().await
    }

    async fn cancel(&self, task: &OrderTask) -> Result<(), StoreError> {
        let Some(order) = self.order_of(task).await? else { return Ok(()) };
        if order.progress.cancel.is_none() || order.status.is_final() {
            return Ok(());
        }
        match self.deps.ask_cancel(None, &order, false).await {
            Err(CapricornError::Store(error)) => Err(error),
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

#[cfg(test)]
#[path = "worker_tests.rs"]
mod tests;
