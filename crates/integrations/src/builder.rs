use std::sync::Arc;

use kernel::{outbox::Outbox, sealed::KeyRing};
use platform::Runtime;

use crate::{
    domain::WebhookSchemes,
    events::IntegrationEvent,
    repository::{AnyTenant, Tenants},
    service::{Dependencies, Integrations},
    store::IntegrationStore,
};

impl Integrations {
    /// Begins with what the service runs on, or with a database alone; `ring` seals the secrets. Tenants are
    /// [`AnyTenant`], and webhooks' addresses begin with https.
    pub fn builder(runtime: impl Into<Runtime>, ring: KeyRing) -> IntegrationsBuilder {
        let runtime = runtime.into();
        let outbox = Arc::new(runtime.outbox());
        let (tenants, schemes) = (Arc::new(AnyTenant), WebhookSchemes::HttpsOnly);
        IntegrationsBuilder { runtime, outbox, ring, tenants, schemes }
    }
}

/// Makes [`Integrations`] over this crate's own store.
#[derive(Clone)]
#[must_use]
pub struct IntegrationsBuilder {
    runtime: Runtime,
    outbox: Arc<dyn Outbox<IntegrationEvent>>,
    ring: KeyRing,
    tenants: Arc<dyn Tenants>,
    schemes: WebhookSchemes,
}

impl std::fmt::Debug for IntegrationsBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IntegrationsBuilder").finish_non_exhaustive()
    }
}

impl IntegrationsBuilder {
    /// Takes events, in place of the platform's outbox.
    pub fn outbox(self, outbox: Arc<dyn Outbox<IntegrationEvent>>) -> Self {
        Self { outbox, ..self }
    }

    /// Whose connections they are.
    pub fn tenants(self, tenants: impl Tenants + 'static) -> Self {
        Self { tenants: Arc::new(tenants), ..self }
    }

    /// How addresses of webhooks may begin.
    pub fn schemes(self, schemes: WebhookSchemes) -> Self {
        Self { schemes, ..self }
    }

    /// The service.
    #[must_use]
    pub fn build(self) -> Integrations {
        let Runtime { db, transactor, audit, clock, entropy } = self.runtime;
        let integrations = Arc::new(IntegrationStore::new(db));
        let (tenants, outbox) = (self.tenants, self.outbox);
        let deps = Dependencies { transactor, integrations, tenants, audit, outbox, clock, entropy };
        Integrations::new(deps, self.ring, self.schemes)
    }
}
