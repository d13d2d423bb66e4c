mod disable;
mod enable;
mod inspect;
mod open;
mod read;
mod update;

#[cfg(test)]
mod test_world;

use std::sync::Arc;

use kernel::{AuditEntry, RequestContext, StoreError, Tx, outbox::NewEvent, sealed::KeyRing};
use serde_json::json;

use super::Ports;
use crate::{
    domain::{Integration, WebhookSchemes, sealing},
    repository::IntegrationRepository,
};

/// Connections of workshops to other services: made, shown with masked secrets, changed and put out of use.
#[derive(Clone)]
pub struct Integrations {
    ports: Ports,
    integrations: Arc<dyn IntegrationRepository>,
    ring: KeyRing,
    schemes: WebhookSchemes,
}

impl std::fmt::Debug for Integrations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Integrations").finish_non_exhaustive()
    }
}

impl Integrations {
    /// The service over these ports; `ring` seals the secrets.
    #[must_use]
    pub fn new(
        ports: Ports,
        integrations: Arc<dyn IntegrationRepository>,
        ring: KeyRing,
        schemes: WebhookSchemes,
    ) -> Self {
        Self { ports, integrations, ring, schemes }
    }

    /// How addresses of webhooks may begin here; for reading what a client wrote.
    #[must_use]
    pub fn schemes(&self) -> WebhookSchemes {
        self.schemes
    }

    /// What a change leaves in the trail and tells the rest of the system: of the connection no more than its type.
    async fn announce_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        integration: &Integration,
        entry: AuditEntry,
        kind: &'static str,
    ) -> Result<(), StoreError> {
        let tenant = integration.tenant_id;
        let event = NewEvent::new(kind, tenant, json!({ "type": integration.kind })).tenant(tenant);
        self.ports.announce_in(tx, context, entry, event).await
    }
}

fn entry(action: &'static str, integration: &Integration) -> AuditEntry {
    AuditEntry::done(action, "integration", integration.id).tenant(integration.tenant_id)
}
