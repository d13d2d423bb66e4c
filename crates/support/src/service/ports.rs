use std::sync::Arc;

use kernel::{AuditTrail, Clock, Entropy, Transactor, outbox::Outbox};

use crate::repository::{Customers, HistoryRepository, MessageRepository, Staff, TicketRepository};

/// Everything the services stand on.
#[derive(Clone)]
pub struct Ports {
    /// Opens transactions.
    pub transactor: Arc<dyn Transactor>,
    /// Tickets.
    pub tickets: Arc<dyn TicketRepository>,
    /// What was said about them.
    pub messages: Arc<dyn MessageRepository>,
    /// What their service level is computed from.
    pub history: Arc<dyn HistoryRepository>,
    /// Who can work on them.
    pub staff: Arc<dyn Staff>,
    /// Whose they are.
    pub customers: Arc<dyn Customers>,
    /// Keeps the trail.
    pub audit: Arc<dyn AuditTrail>,
    /// Tells the rest of the system.
    pub outbox: Arc<dyn Outbox>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ids and numbers.
    pub entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for Ports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ports").finish_non_exhaustive()
    }
}
