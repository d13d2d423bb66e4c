use kernel::TenantId;

use super::{Integrations, inspect::Closed, sealing::Secrets};
use crate::{
    IntegrationError,
    domain::{IntegrationType, OpenIntegration},
};

impl Integrations {
    /// The workshop's connection of this type with its secrets in clear; `None` if there is none or it is not in use. Call it
    /// outside of transactions: one that is found broken is quarantined in one of its own.
    ///
    /// A broken one is an error and not `None`, so that nobody takes another account's credentials in its place.
    ///
    /// # Errors
    /// [`IntegrationError::Unusable`] until its credentials are entered anew,
    /// [`IntegrationError::KeyMissing`] until the key is back in the ring.
    pub async fn open(
        &self,
        tenant: TenantId,
        kind: IntegrationType,
    ) -> Result<Option<OpenIntegration>, IntegrationError> {
        let Some(found) = self.deps.integrations.find(tenant, kind).await?.filter(|found| found.is_active) else {
            return Ok(None);
        };
        let inspected = self.inspect(found).await?;
        let integration = inspected.integration;
        if !integration.is_active {
            return Ok(None);
        }
        let secrets = inspected.secrets.map_err(|closed| match closed {
            Closed::Quarantined => IntegrationError::Unusable,
            Closed::KeyMissing => IntegrationError::KeyMissing,
        })?;
        if !is_complete(kind, &secrets) {
            return Err(IntegrationError::Unusable);
        }
        Ok(Some(OpenIntegration {
            id: integration.id,
            tenant_id: integration.tenant_id,
            kind,
            credentials: secrets.credentials,
            webhook_url: integration.webhook_url,
            signing_secret: secrets.signing_secret,
            was_refused: integration.last_error.is_some(),
        }))
    }
}

/// A row from which a secret was taken out is no better than one with a foreign secret.
fn is_complete(kind: IntegrationType, secrets: &Secrets) -> bool {
    let needed = kind.credential_fields().iter().filter(|field| field.required);
    let mut missing = needed.filter(|field| !secrets.credentials.contains_key(field.name));
    missing.next().is_none() && secrets.signing_secret.is_some() == kind.has_webhook()
}

#[cfg(test)]
#[path = "open_tests.rs"]
mod tests;
