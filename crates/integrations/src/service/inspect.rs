use kernel::{Changes, RequestContext, sealed::SealError};

use super::{Integrations, entry, sealing, sealing::Secrets};
use crate::{
    IntegrationError,
    domain::{Integration, IntegrationView, mask},
};

/// A connection, and its secrets if they open.
pub(super) struct Inspected {
    pub(super) integration: Integration,
    pub(super) secrets: Result<Secrets, Closed>,
}

/// Why the secrets of a connection cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    /// One of them belongs elsewhere or was changed.
    Quarantined,
    /// A key is not in this node's ring (any more, or yet): nothing is wrong with the secrets.
    KeyMissing,
}

impl Integrations {
    /// Opens the secrets. If one does not open here the connection is quarantined, in a transaction of its own.
    pub(super) async fn inspect(&self, found: Integration) -> Result<Inspected, IntegrationError> {
        let seen = self.look(found);
        if seen.is_broken() { self.quarantine(&seen.integration).await } else { Ok(seen) }
    }

    /// What is to be seen of a connection, without changing anything.
    pub(super) fn look(&self, integration: Integration) -> Inspected {
        let secrets = if integration.quarantined_at.is_some() {
            Err(Closed::Quarantined)
        } else {
            sealing::open(&self.ring, &integration).map_err(|error| match error {
                SealError::UnknownKey(_) => {
                    tracing::error!(
                        integration = %integration.id,
                        kind = %integration.kind,
                        ?error,
                        "the secrets of an integration need a key that is not in ENCRYPTION_KEYS"
                    );
                    Closed::KeyMissing
                }
                _ => Closed::Quarantined,
            })
        };
        Inspected { integration, secrets }
    }

    /// Takes the connection out of use, unless somebody else has just done so or given it new secrets; answers it as it
    /// then is.
    async fn quarantine(&self, found: &Integration) -> Result<Inspected, IntegrationError> {
        let mut tx = self.deps.transactor.begin().await?;
        self.deps.tenants.lock_in(&mut tx, found.tenant_id).await?;
        let stored = self.deps.integrations.find_for_update(&mut tx, found.tenant_id, found.kind).await?;
        let seen = self.look(stored.ok_or(IntegrationError::NotFound)?);
        if !seen.is_broken() {
            return Ok(seen);
        }
        let before = seen.integration;
        let now = self.deps.clock.now();
        let after =
            Integration { quarantined_at: Some(now), version: before.version + 1, updated_at: now, ..before.clone() };
        if !self.deps.integrations.update_in(&mut tx, &after, before.version).await? {
            return Err(IntegrationError::VersionMismatch);
        }
        let context = RequestContext::system("integrations", after.id.to_string());
        let changes = Changes::new().field("quarantinedAt", &None, &Some(now));
        self.deps.audit.record_in(&mut tx, &context, entry("INTEGRATION_QUARANTINED", &after).changes(changes)).await?;
        tx.commit().await?;
        tracing::error!(
            integration = %after.id,
            kind = %after.kind,
            "a secret of an integration does not open where it is stored: it was changed or belongs to another row; the \
             integration is quarantined until its credentials are entered anew"
        );
        Ok(self.look(after))
    }
}

impl Inspected {
    /// Whether a secret is not the connection's own, and nobody has noticed yet.
    fn is_broken(&self) -> bool {
        self.integration.quarantined_at.is_none() && matches!(self.secrets, Err(Closed::Quarantined))
    }

    /// As answers show it.
    pub(super) fn into_view(self) -> IntegrationView {
        let Self { integration, secrets } = self;
        let secrets = secrets.ok();
        let credential = |field: &String| mask(secrets.as_ref().and_then(|all| all.credentials.get(field)));
        IntegrationView {
            id: integration.id,
            tenant_id: integration.tenant_id,
            kind: integration.kind,
            name: integration.name,
            credentials: integration.credentials.keys().map(|field| (field.clone(), credential(field))).collect(),
            webhook_url: integration.webhook_url,
            signing_secret: integration
                .signing_secret
                .map(|_| mask(secrets.as_ref().and_then(|all| all.signing_secret.as_ref()))),
            is_active: integration.is_active,
            last_synced_at: integration.last_synced_at,
            last_error: integration.last_error,
            quarantined_at: integration.quarantined_at,
            version: integration.version,
            created_at: integration.created_at,
            updated_at: integration.updated_at,
        }
    }
}
