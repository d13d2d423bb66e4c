use std::sync::Arc;

use kernel::{AuditTrail, Clock, Entropy, TenantId, Transactor, outbox::Outbox};

use super::{OrderQueues, waiters::Waiters};
use crate::{
    CapricornError,
    domain::{Account, OrderTiming},
    events::OrderEvent,
    repository::{AccountError, Accounts, OrderRepository, PartsSupplier, SupplierError, SupplierFailure, Workshops},
};

/// What work on orders depends on.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct Dependencies {
    pub transactor: Arc<dyn Transactor>,
    pub orders: Arc<dyn OrderRepository>,
    pub supplier: Arc<dyn PartsSupplier>,
    pub accounts: Arc<dyn Accounts>,
    pub workshops: Arc<dyn Workshops>,
    pub audit: Arc<dyn AuditTrail>,
    /// Tells the rest of the system.
    pub outbox: Arc<dyn Outbox<OrderEvent>>,
    /// What is to be done.
    pub queues: OrderQueues,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub timing: OrderTiming,
    /// Who waits in this process for what becomes of an order; the services and the worker share one.
    pub waiters: Waiters,
}

impl std::fmt::Debug for Dependencies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dependencies").finish_non_exhaustive()
    }
}

impl Dependencies {
    /// With whose credentials the supplier is asked for a workshop.
    pub(super) async fn account(&self, tenant: TenantId) -> Result<Account, CapricornError> {
        match self.accounts.of(tenant).await {
            Ok(account) => account.ok_or(CapricornError::NotConfigured),
            Err(AccountError::Unusable) => Err(CapricornError::NotConfigured),
            Err(AccountError::Store(error)) => Err(error.into()),
        }
    }

    /// Notes at the workshop's connection that the supplier refused its credentials, or takes them again.
    pub(super) async fn heed<T>(&self, account: &Account, said: Result<T, SupplierError>) -> Result<T, SupplierError> {
        let is_refused = matches!(&said, Err(error) if error.failure == SupplierFailure::CredentialsRefused);
        let refused = is_refused.then(|| SupplierFailure::CredentialsRefused.to_string());
        let is_news = is_refused || (said.is_ok() && account.was_refused);
        if is_news && let Err(error) = self.accounts.note(account, refused).await {
            tracing::warn!(%error, "a connection does not show how its credentials fared");
        }
        said
    }
}
