use kernel::TenantId;

use super::Integrations;
use crate::{
    TenancyError,
    domain::{Integration, IntegrationType, IntegrationView},
};

impl Integrations {
    /// The workshop's connection of this type, in use or not. One whose secrets do not open is shown as quarantined, and
    /// from now on is.
    ///
    /// # Errors
    /// [`TenancyError::TenantNotFound`], [`TenancyError::IntegrationNotFound`].
    pub async fn get(&self, tenant: TenantId, kind: IntegrationType) -> Result<IntegrationView, TenancyError> {
        let found = self.find(tenant, kind).await?;
        Ok(self.inspect(found).await?.into_view())
    }

    /// All of the workshop's connections, by type: one of each at most. As [`Integrations::get`] shows them; of a deleted
    /// workshop, too.
    ///
    /// # Errors
    /// [`TenancyError::TenantNotFound`].
    pub async fn list(&self, tenant: TenantId) -> Result<Vec<IntegrationView>, TenancyError> {
        let found = self.integrations.list(tenant).await?;
        // Only an empty list can be that of a workshop that is not there.
        if found.is_empty() && self.ports.tenants.find(tenant).await?.is_none() {
            return Err(TenancyError::TenantNotFound);
        }
        let mut views = Vec::with_capacity(found.len());
        for integration in found {
            views.push(self.inspect(integration).await?.into_view());
        }
        Ok(views)
    }

    pub(super) async fn find(&self, tenant: TenantId, kind: IntegrationType) -> Result<Integration, TenancyError> {
        match self.integrations.find(tenant, kind).await? {
            Some(integration) => Ok(integration),
            None if self.ports.tenants.find(tenant).await?.is_none() => Err(TenancyError::TenantNotFound),
            None => Err(TenancyError::IntegrationNotFound),
        }
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
