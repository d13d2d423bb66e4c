//! The use cases, each in a file: [`Integrations`] has them all.

mod disable;
mod enable;
mod inspect;
mod note;
mod open;
mod read;
mod update;

#[cfg(test)]
mod test_fixture;

use std::sync::Arc;

use kernel::{
    AuditEntry, AuditTrail, Clock, Entropy, RequestContext, StoreError, TenantId, Transactor, Tx,
    outbox::{NewEvent, Outbox},
    sealed::KeyRing,
};

use crate::{
    IntegrationError,
    domain::{Integration, IntegrationType, WebhookSchemes, sealing},
    events::IntegrationEvent,
    repository::{IntegrationRepository, Tenants},
};

/// Everything the service stands on.
#[derive(Clone)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Dependencies {
    pub transactor: Arc<dyn Transactor>,
    pub integrations: Arc<dyn IntegrationRepository>,
    pub tenants: Arc<dyn Tenants>,
    pub audit: Arc<dyn AuditTrail>,
    /// Tells the rest of the system.
    pub outbox: Arc<dyn Outbox<IntegrationEvent>>,
    pub clock: Arc<dyn Clock>,
    /// Ids, and secrets to sign with.
    pub entropy: Arc<dyn Entropy>,
}

/// Connections of workshops to other services: made, shown with masked secrets, changed and put out of use.
#[derive(Clone)]
pub struct Integrations {
    deps: Dependencies,
    ring: KeyRing,
    schemes: WebhookSchemes,
}

impl std::fmt::Debug for Integrations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Integrations").finish_non_exhaustive()
    }
}

impl Integrations {
    /// The service over these dependencies; `ring` seals the secrets.
    #[must_use]
    pub fn new(deps: Dependencies, ring: KeyRing, schemes: WebhookSchemes) -> Self {
        Self { deps, ring, schemes }
    }

    /// How addresses of webhooks may begin here; for reading what a client wrote.
    #[must_use]
    pub fn schemes(&self) -> WebhookSchemes {
        self.schemes
    }

    /// Locks the workshop for a change in it, if it is not deleted.
    async fn lock_tenant_in(&self, tx: &mut Tx, tenant: TenantId) -> Result<(), IntegrationError> {
        match self.deps.tenants.lock_in(tx, tenant).await? {
            None => Err(IntegrationError::TenantNotFound),
            Some(state) if state.is_deleted => Err(IntegrationError::TenantDeleted),
            Some(_) => Ok(()),
        }
    }

    /// What a change leaves in the trail and tells the rest of the system: of the connection no more than its type.
    async fn announce_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        integration: &Integration,
        entry: AuditEntry,
        fact: impl FnOnce(IntegrationType) -> IntegrationEvent,
    ) -> Result<(), StoreError> {
        let event = NewEvent::new(integration.id, fact(integration.kind)).tenant(integration.tenant_id);
        self.deps.audit.record_in(tx, context, entry).await?;
        self.deps.outbox.publish_in(tx, event).await?;
        Ok(())
    }
}

fn entry(action: &'static str, integration: &Integration) -> AuditEntry {
    AuditEntry::done(action, "integration", integration.id).tenant(integration.tenant_id)
}
