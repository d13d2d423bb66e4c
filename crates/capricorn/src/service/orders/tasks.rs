//! What is to be done with an order next. There is one task at a time: each change of an order that needs more work adds the
//! next one in its transaction, and a task that is not the latest one any more does nothing.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use kernel::{StoreError, Tx};
use platform::queue::{NewItem, Queue, QueueOptions, WorkItems};
use serde::{Deserialize, Serialize};

use super::Dependencies;
use crate::domain::{Order, OrderId, OrderTiming};

/// The queue of orders to be sent.
pub const SUBMIT_QUEUE: &str = "capricorn.order_submission";
/// The queue of orders to be asked about.
pub const FOLLOW_QUEUE: &str = "capricorn.order_following";

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Work {
    /// Send it.
    Submit,
    /// Find out whether the supplier has it.
    Reconcile,
    /// Ask how far it is.
    Poll,
    /// Ask again for it to be cancelled.
    Cancel,
}

/// A task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderTask {
    /// Of which order.
    pub order_id: OrderId,
    /// Its number; the order knows the latest.
    pub task: i64,
    /// What is to be done.
    pub work: Work,
}

/// The queues of both kinds of tasks.
#[derive(Debug, Clone)]
pub struct OrderQueues {
    /// Orders to be sent; somebody may be waiting.
    pub submissions: Queue<OrderTask>,
    /// Orders to be asked about.
    pub follow_ups: Queue<OrderTask>,
}

impl OrderQueues {
    /// Among these items.
    #[must_use]
    pub fn new(items: Arc<dyn WorkItems>) -> Self {
        Self { submissions: Queue::new(SUBMIT_QUEUE, Arc::clone(&items)), follow_ups: Queue::new(FOLLOW_QUEUE, items) }
    }

    /// How both are worked on: a task is given up by none but itself, and comes back no sooner than its calls are over.
    #[must_use]
    pub fn options(timing: &OrderTiming) -> QueueOptions {
        // A cancellation asks twice.
        let timeout = timing.call * 2 + Duration::from_secs(10);
        QueueOptions {
            concurrency: 64,
            timeout,
            lease: timeout + Duration::from_secs(10),
            max_attempts: u32::MAX,
            ..QueueOptions::default()
        }
    }
}

impl Dependencies {
    /// Makes this the order's next task; whatever was is none any more.
    pub(super) async fn schedule_in(
        &self,
        tx: &mut Tx,
        order: &mut Order,
        work: Work,
        due: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        order.progress.task += 1;
        let task = OrderTask { order_id: order.id, task: order.progress.task, work };
        let item = NewItem { tenant_id: Some(order.tenant_id), due: Some(due), ..NewItem::new(task) };
        let queue = if work == Work::Submit { &self.queues.submissions } else { &self.queues.follow_ups };
        queue.push_in(tx, item).await?;
        Ok(())
    }

    /// Asks about a sent order later, unless nothing follows.
    pub(super) async fn follow_in(&self, tx: &mut Tx, order: &mut Order) -> Result<(), StoreError> {
        if order.status.is_final() || order.status.is_limbo() {
            return Ok(());
        }
        let due = self.clock.now() + self.timing.next_poll(order.progress.tries);
        self.schedule_in(tx, order, Work::Poll, due).await
    }
}
