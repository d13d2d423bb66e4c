//! Connections to other services.

use std::sync::Arc;

use integrations::{domain::WebhookSchemes, service::Integrations, store::IntegrationStore};
use tenancy::store::{MemberStore, TenantStore};

use super::{Core, email::MailOutbox};
use crate::{adapters::integration_tenants::Workshops, config::Config};

/// The service of crates/integrations, whose secrets `nextcrm keys rotate` seals anew from now on.
pub(super) fn build(config: &Config, core: &mut Core, outbox: &Arc<MailOutbox>) -> Integrations {
    core.sealed_tables.push(Arc::new(IntegrationStore::new(core.db.clone())));
    let tenants = Workshops {
        tenants: Arc::new(TenantStore::new(core.db.clone())),
        members: Arc::new(MemberStore::new(core.db.clone())),
    };
    let is_production = config.environment.is_production();
    let schemes = if is_production { WebhookSchemes::HttpsOnly } else { WebhookSchemes::HttpToo };
    let builder = Integrations::builder(core.runtime(), core.key_ring.clone()).outbox(Arc::clone(outbox) as _);
    builder.tenants(tenants).schemes(schemes).build()
}
