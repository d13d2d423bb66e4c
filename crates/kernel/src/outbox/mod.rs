//! The transactional outbox: what has happened and must still be acted on, written in the transaction of
//! the change, handed to [`EventHandler`]s afterwards, at least once, whatever dies when.

mod dead;
mod queue;
mod relay;

#[cfg(any(test, feature = "mock"))]
pub use dead::MockDeadEvents;
pub use dead::{DeadEvent, DeadEvents};
#[cfg(any(test, feature = "mock"))]
pub use queue::MockEventQueue;
pub use queue::{Backlog, EventQueue, Outcome};
pub use relay::{Relay, RelayOptions};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{EventId, StoreError, TenantId, Tx, sealed::Sealed};

/// An event about to be published.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// `<crate>.<what_happened>`, for example `tenancy.tenant_created`.
    pub kind: &'static str,
    /// Id of the thing it happened to.
    pub subject: String,
    /// The tenant it concerns.
    pub tenant_id: Option<TenantId>,
    /// Facts for the handlers; no secrets, as little personal data as can be.
    pub payload: Value,
    /// A secret for the handlers (a temporary password, a reset token), sealed for the purpose
    /// `{ table: "outbox", owner: <tenant id or "">, row: <subject>, field: <kind> }`; see [`secret_purpose`].
    pub secret: Option<Sealed>,
}

impl NewEvent {
    /// An event without tenant or secret.
    #[must_use]
    pub fn new(kind: &'static str, subject: impl ToString, payload: Value) -> Self {
        Self { kind, subject: subject.to_string(), tenant_id: None, payload, secret: None }
    }

    /// Adds the tenant.
    #[must_use]
    pub fn tenant(mut self, id: TenantId) -> Self {
        self.tenant_id = Some(id);
        self
    }

    /// Adds a sealed secret.
    #[must_use]
    pub fn secret(mut self, sealed: Sealed) -> Self {
        self.secret = Some(sealed);
        self
    }
}

/// The purpose that an event's secret is sealed for.
///
/// `owner` is the tenant's id as text, or empty.
#[must_use]
pub fn secret_purpose<'a>(owner: &'a str, subject: &'a str, kind: &'a str) -> crate::sealed::Purpose<'a> {
    crate::sealed::Purpose { table: "outbox", owner, row: subject, field: kind }
}

/// An event as handlers get it.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The same at every delivery; handlers deduplicate by it.
    pub id: EventId,
    /// As published.
    pub kind: String,
    /// As published.
    pub subject: String,
    /// As published.
    pub tenant_id: Option<TenantId>,
    /// As published.
    pub payload: Value,
    /// As published.
    pub secret: Option<Sealed>,
    /// When it was published.
    pub occurred_at: DateTime<Utc>,
    /// 1 for the first delivery.
    pub attempt: u32,
}

/// Publishes events on the transaction of the change.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Writes the event; it is delivered if and only if the transaction commits.
    ///
    /// # Errors
    /// What the store says; the caller must then let the transaction roll back.
    async fn publish_in(&self, tx: &mut Tx, event: NewEvent) -> Result<EventId, StoreError>;
}

/// Why a handler could not act on an event now; it will be delivered again, later and later.
pub type HandlerError = Box<dyn std::error::Error + Send + Sync>;

/// Acts on events. Must be idempotent: an event may come more than once.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait EventHandler: Send + Sync {
    /// For logs and metrics.
    fn name(&self) -> &'static str;
    /// Whether events of this kind are for it.
    fn handles(&self, kind: &str) -> bool;
    /// Acts on the event.
    ///
    /// # Errors
    /// When it could not; the event comes again.
    async fn handle(&self, event: &Event) -> Result<(), HandlerError>;
}

/// An error's text, cut to 500 characters and free of what databases and logs choke on.
pub(crate) fn one_line(error: &HandlerError) -> String {
    error.to_string().chars().filter(|c| !c.is_control()).take(500).collect()
}
