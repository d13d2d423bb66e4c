use kernel::TenantId;

use super::Integrations;
use crate::{
    IntegrationError,
    domain::{Integration, IntegrationType, IntegrationView},
};

impl Integrations {
    /// The workshop's connection of this type, in use or not. One whose secrets do not open is shown as quarantined, and
    /// from now on is.
    ///
    /// # Errors
    /// [`IntegrationError::TenantNotFound`], [`IntegrationError::NotFound`].
    pub async fn get(&self, tenant: TenantId, kind: IntegrationType) -> Result<IntegrationView, IntegrationError> {
        let found = self.find(tenant, kind).await?;
        Ok(self.inspect(found).await?.into_view())
    }

    /// All of the workshop's connections, by type: one of each at most. As [`Integrations::get`] shows them; of a deleted
    /// workshop, too.
    ///
    /// # Errors
    /// [`IntegrationError::TenantNotFound`].
    pub async fn list(&self, tenant: TenantId) -> Result<Vec<IntegrationView>, IntegrationError> {
        let views = self.list_known(tenant).await?;
        // Only an empty list can be that of a workshop that is not there.
        if views.is_empty() && !self.deps.tenants.exists(tenant).await? {
            return Err(IntegrationError::TenantNotFound);
        }
        Ok(views)
    }

    /// [`Integrations::list`], for a workshop that is known to be there; of another one, nothing.
    ///
    /// # Errors
    /// What the store says.
    pub async fn list_known(&self, tenant: TenantId) -> Result<Vec<IntegrationView>, IntegrationError> {
        let found = self.deps.integrations.list(tenant).await?;
        let mut views = Vec::with_capacity(found.len());
        for integration in found {
            views.push(self.inspect(integration).await?.into_view());
        }
        Ok(views)
    }

    pub(super) async fn find(&self, tenant: TenantId, kind: IntegrationType) -> Result<Integration, IntegrationError> {
        match self.deps.integrations.find(tenant, kind).await? {
            Some(integration) => Ok(integration),
            None if !self.deps.tenants.exists(tenant).await? => Err(IntegrationError::TenantNotFound),
            None => Err(IntegrationError::NotFound),
        }
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
