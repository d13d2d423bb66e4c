use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use kernel::{StoreError, Tx};
use platform::queue::{Backlog, Claimed, NewItem, Settled, WorkItems};
use serde_json::Value;
use tokio::sync::Notify;

/// Queues for services over mocked ports: remember what was pushed, and give nothing out.
#[derive(Debug, Default)]
pub struct PushedItems(Mutex<Vec<(String, NewItem<Value>)>>);

impl PushedItems {
    /// The items so far, each with its queue.
    pub fn all(&self) -> MutexGuard<'_, Vec<(String, NewItem<Value>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl WorkItems for PushedItems {
    fn waker(&self, _: &str) -> Arc<Notify> {
        Arc::default()
    }

    async fn push_in(&self, _: &mut Tx, queue: &str, item: NewItem<Value>) -> Result<bool, StoreError> {
        self.all().push((queue.to_owned(), item));
        Ok(true)
    }

    async fn claim(&self, _: &str, _: u64, _: Duration) -> Result<Vec<Claimed>, StoreError> {
        Ok(Vec::new())
    }

    async fn settle(&self, _: &[Settled]) -> Result<(), StoreError> {
        Ok(())
    }

    async fn backlog(&self, _: Option<&str>) -> Result<Backlog, StoreError> {
        Ok(Backlog::default())
    }
}
