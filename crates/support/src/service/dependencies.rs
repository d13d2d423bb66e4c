use std::sync::Arc;

use kernel::{AuditTrail, Clock, Entropy, Transactor, outbox::Outbox};

use crate::{
    events::SupportEvent,
    repository::{Customers, HistoryRepository, MessageRepository, Staff, TicketRepository},
};

/// What the services depend on.
#[derive(Clone)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Dependencies {
    pub transactor: Arc<dyn Transactor>,
    pub tickets: Arc<dyn TicketRepository>,
    /// What was said about them.
    pub messages: Arc<dyn MessageRepository>,
    /// What their service level is computed from.
    pub history: Arc<dyn HistoryRepository>,
    /// Who can work on them.
    pub staff: Arc<dyn Staff>,
    pub customers: Arc<dyn Customers>,
    pub audit: Arc<dyn AuditTrail>,
    /// Tells the rest of the system.
    pub outbox: Arc<dyn Outbox<SupportEvent>>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for Dependencies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dependencies").finish_non_exhaustive()
    }
}
