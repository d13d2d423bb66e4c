use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

use crate::domain::OrderId;

/// Who waits in this process for what becomes of orders.
#[derive(Debug, Clone, Default)]
pub struct Waiters(Arc<Mutex<HashMap<OrderId, Arc<Notify>>>>);

impl Waiters {
    /// Waits for an order until dropped.
    pub(super) fn wait_for(&self, id: OrderId) -> Waiter {
        let notify = Arc::clone(self.all().entry(id).or_default());
        Waiter { waiters: self.clone(), id, notify }
    }

    /// Wakes whoever waits for an order.
    pub(super) fn wake(&self, id: OrderId) {
        if let Some(notify) = self.all().get(&id) {
            notify.notify_waiters();
            notify.notify_one();
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<OrderId, Arc<Notify>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One who waits.
pub(super) struct Waiter {
    waiters: Waiters,
    id: OrderId,
    notify: Arc<Notify>,
}

impl Waiter {
    /// Until something happens; what happened before it was asked counts, too.
    pub(super) async fn woken(&self) {
        self.notify.notified().await;
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut all = self.waiters.all();
        // The map's and this one's.
        if Arc::strong_count(&self.notify) <= 2 {
            all.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_orders::ORDER;

    #[tokio::test]
    async fn who_waits_is_woken_and_forgotten() {
        let waiters = Waiters::default();
        let (one, other) = (waiters.wait_for(ORDER), waiters.wait_for(ORDER));
        waiters.wake(ORDER);
        one.woken().await;
        drop(one);
        assert_eq!(waiters.all().len(), 1);
        drop(other);
        assert!(waiters.all().is_empty());
        waiters.wake(ORDER);
    }
}
