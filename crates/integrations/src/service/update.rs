use kernel::{Changes, RequestContext, TenantId, Tx, VersionMatch};
use secrecy::SecretString;

use super::{Integrations, entry};
use crate::{
    IntegrationError,
    domain::{Integration, IntegrationPatch, IntegrationType, SavedIntegration, integration_changes},
    events::IntegrationEvent,
};

impl Integrations {
    /// Changes a connection that still has one of the `versions`. Credentials that are given replace those of the same
    /// name; a quarantined one takes only a whole new set, which ends the quarantine, and a new signing secret with it,
    /// which is answered this once. A patch that changes nothing leaves no trace.
    ///
    /// # Errors
    /// [`IntegrationError::TenantNotFound`], [`IntegrationError::NotFound`], [`IntegrationError::VersionMismatch`],
    /// [`IntegrationError::TenantDeleted`] in a deleted workshop, [`IntegrationError::Validation`] for an incomplete set.
    pub async fn update(
        &self,
        context: &RequestContext,
        tenant: TenantId,
        kind: IntegrationType,
        versions: &VersionMatch,
        patch: IntegrationPatch,
    ) -> Result<SavedIntegration, IntegrationError> {
        // What does not open any more is found out before anything is built on it.
        let found = self.find(tenant, kind).await?;
        self.inspect(found).await?;
        let mut tx = self.deps.transactor.begin().await?;
        let before = self.lock_version(&mut tx, tenant, kind, versions).await?;
        let (after, signing_secret) = self.apply(&before, patch)?;
        if after == before {
            return Ok(SavedIntegration { integration: self.look(before).into_view(), signing_secret });
        }
        let after = self.save_in(&mut tx, &before, after).await?;
        self.announce_update_in(&mut tx, context, &before, &after).await?;
        tx.commit().await?;
        Ok(SavedIntegration { integration: self.look(after).into_view(), signing_secret })
    }

    /// Locks the workshop and then its connection, if it still is as the client knows it.
    pub(super) async fn lock_version(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        kind: IntegrationType,
        versions: &VersionMatch,
    ) -> Result<Integration, IntegrationError> {
        self.lock_tenant_in(tx, tenant).await?;
        let found = self.deps.integrations.find_for_update(tx, tenant, kind).await?;
        let integration = found.ok_or(IntegrationError::NotFound)?;
        if versions.allows(integration.version) { Ok(integration) } else { Err(IntegrationError::VersionMismatch) }
    }

    /// The connection as it will be, and its signing secret if it gets a new one.
    fn apply(
        &self,
        before: &Integration,
        patch: IntegrationPatch,
    ) -> Result<(Integration, Option<SecretString>), IntegrationError> {
        let mut after = Integration {
            name: patch.name.unwrap_or_else(|| before.name.clone()),
            webhook_url: patch.webhook_url.or_else(|| before.webhook_url.clone()),
            is_active: patch.is_active.unwrap_or(before.is_active),
            ..before.clone()
        };
        let (tenant, kind) = (before.tenant_id, before.kind);
        match patch.credentials {
            None => Ok((after, None)),
            Some(given) if before.quarantined_at.is_none() => {
                after.credentials.extend(self.seal(tenant, kind, &given)?);
                after.last_error = None;
                Ok((after, None))
            }
            Some(given) => {
                after.credentials = self.seal(tenant, kind, &given.complete(kind)?)?;
                let (signing_secret, sealed) = self.signing_secret(tenant, kind)?;
                after.signing_secret = sealed;
                after.quarantined_at = None;
                after.last_error = None;
                Ok((after, signing_secret))
            }
        }
    }

    /// Writes the connection under the next version.
    pub(super) async fn save_in(
        &self,
        tx: &mut Tx,
        before: &Integration,
        mut after: Integration,
    ) -> Result<Integration, IntegrationError> {
        after.version = before.version + 1;
        after.updated_at = self.deps.clock.now();
        if self.deps.integrations.update_in(tx, &after, before.version).await? {
            Ok(after)
        } else {
            Err(IntegrationError::VersionMismatch)
        }
    }

    /// Whether it is in use is announced as such; other changes beside it, as well.
    pub(super) async fn announce_update_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        before: &Integration,
        after: &Integration,
    ) -> Result<(), IntegrationError> {
        if before.is_active != after.is_active {
            let (action, fact): (_, fn(_) -> _) = if after.is_active {
                ("INTEGRATION_ENABLED", |r#type| IntegrationEvent::Enabled { r#type })
            } else {
                ("INTEGRATION_DISABLED", |r#type| IntegrationEvent::Disabled { r#type })
            };
            let changes = Changes::new().field("isActive", &before.is_active, &after.is_active);
            self.announce_in(tx, context, after, entry(action, after).changes(changes), fact).await?;
        }
        let changes = integration_changes(Some(before), after);
        if !changes.is_empty() {
            let entry = entry("INTEGRATION_UPDATED", after).changes(changes);
            self.announce_in(tx, context, after, entry, |r#type| IntegrationEvent::Updated { r#type }).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "update_tests.rs"]
mod tests;
