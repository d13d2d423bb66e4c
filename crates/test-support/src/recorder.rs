use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use kernel::{
    AuditEntry, AuditTrail, EventId, RequestContext, StoreError, Tx,
    outbox::{DomainEvent, NewEvent, Outbox, WrittenEvent},
};
use uuid::Uuid;

/// Audit trail and outbox at once, for services over mocked ports: records what it is given, in its order.
#[derive(Debug, Default)]
pub struct Recorder {
    entries: Mutex<Vec<AuditEntry>>,
    events: Mutex<Vec<WrittenEvent>>,
    trail_is_broken: bool,
}

impl Recorder {
    /// One whose trail takes no entry.
    #[must_use]
    pub fn with_broken_trail() -> Self {
        Self { trail_is_broken: true, ..Self::default() }
    }

    /// The entries so far.
    pub fn entries(&self) -> MutexGuard<'_, Vec<AuditEntry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The events so far.
    pub fn events(&self) -> MutexGuard<'_, Vec<WrittenEvent>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The actions of the entries and the kinds of the events.
    #[must_use]
    pub fn recorded(&self) -> (Vec<&'static str>, Vec<&'static str>) {
        let actions = self.entries().iter().map(|entry| entry.action).collect();
        // A few words that stay for as long as the test runs, so that they compare with literals.
        (actions, self.events().iter().map(|event| &*event.kind.clone().leak()).collect())
    }
}

#[async_trait]
impl AuditTrail for Recorder {
    async fn record_in(&self, _: &mut Tx, _: &RequestContext, entry: AuditEntry) -> Result<(), StoreError> {
        if self.trail_is_broken {
            return Err(StoreError::corrupt("test", "the trail is broken"));
        }
        self.entries().push(entry);
        Ok(())
    }
}

#[async_trait]
impl<E: DomainEvent> Outbox<E> for Recorder {
    async fn publish_in(&self, _: &mut Tx, event: NewEvent<E>) -> Result<EventId, StoreError> {
        self.events().push(event.written()?);
        Ok(EventId(Uuid::nil()))
    }
}
