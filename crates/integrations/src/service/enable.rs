use std::collections::BTreeMap;

use kernel::{RequestContext, StoreError, TenantId, Tx, sealed::SealError};
use secrecy::SecretString;

use super::{
    Integrations, entry,
    sealing::{self, Place, SIGNING_SECRET},
};
use crate::{
    IntegrationError,
    domain::{
        Credentials, Integration, IntegrationType, NewIntegration, SavedIntegration, SealedText, integration_changes,
    },
    events::IntegrationEvent,
};

impl Integrations {
    /// Makes a connection.
    ///
    /// # Errors
    /// As [`Integrations::enable_in`].
    pub async fn enable(
        &self,
        context: &RequestContext,
        tenant: TenantId,
        new: NewIntegration,
    ) -> Result<SavedIntegration, IntegrationError> {
        let mut tx = self.deps.transactor.begin().await?;
        let saved = self.enable_in(&mut tx, context, tenant, new).await?;
        tx.commit().await?;
        Ok(saved)
    }

    /// Connects a workshop to another service. A webhook's signing secret is made now, and answered this once.
    ///
    /// # Errors
    /// [`IntegrationError::TenantNotFound`], [`IntegrationError::TenantDeleted`] for a deleted workshop,
    /// [`IntegrationError::Exists`] when there is one of the type, in use or not; then the transaction is of no more
    /// use.
    pub async fn enable_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        tenant: TenantId,
        new: NewIntegration,
    ) -> Result<SavedIntegration, IntegrationError> {
        self.lock_tenant_in(tx, tenant).await?;
        let now = self.deps.clock.now();
        let (signing_secret, sealed) = self.signing_secret(tenant, new.kind)?;
        let integration = Integration {
            id: self.deps.entropy.uuid_v7(now),
            tenant_id: tenant,
            kind: new.kind,
            name: new.name,
            credentials: self.seal(tenant, new.kind, &new.credentials)?,
            webhook_url: new.webhook_url,
            signing_secret: sealed,
            is_active: true,
            last_synced_at: None,
            last_error: None,
            quarantined_at: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        self.deps.integrations.insert_in(tx, &integration).await.map_err(taken)?;
        let changes = integration_changes(None, &integration);
        let entry = entry("INTEGRATION_ENABLED", &integration).status(201).changes(changes);
        self.announce_in(tx, context, &integration, entry, |r#type| IntegrationEvent::Enabled { r#type }).await?;
        Ok(SavedIntegration { integration: self.look(integration).into_view(), signing_secret })
    }

    pub(super) fn seal(
        &self,
        tenant: TenantId,
        kind: IntegrationType,
        credentials: &Credentials,
    ) -> Result<BTreeMap<String, SealedText>, SealError> {
        let place = Place::new(tenant, kind);
        let seal = |(field, secret): (&str, _)| Ok((field.to_owned(), place.seal(&self.ring, field, secret)?));
        credentials.iter().map(seal).collect()
    }

    /// A new signing secret, in clear and sealed, for a type that has one.
    pub(super) fn signing_secret(
        &self,
        tenant: TenantId,
        kind: IntegrationType,
    ) -> Result<(Option<SecretString>, Option<SealedText>), SealError> {
        if !kind.has_webhook() {
            return Ok((None, None));
        }
        let secret = sealing::new_signing_secret(&*self.deps.entropy);
        let sealed = Place::new(tenant, kind).seal(&self.ring, SIGNING_SECRET, &secret)?;
        Ok((Some(secret), Some(sealed)))
    }
}

fn taken(error: StoreError) -> IntegrationError {
    match error.unique_constraint() {
        Some("uq_tenant_integrations_tenant_id_type") => IntegrationError::Exists,
        _ => error.into(),
    }
}

#[cfg(test)]
#[path = "enable_tests.rs"]
mod tests;
