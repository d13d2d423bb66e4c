use kernel::{RequestContext, TenantId, VersionMatch};

use super::Integrations;
use crate::{
    IntegrationError,
    domain::{Integration, IntegrationType, IntegrationView},
};

impl Integrations {
    /// Puts a connection that still has one of the `versions` out of use. Its secrets stay sealed in their place, for when
    /// it is enabled again. Doing so twice leaves no second trace.
    ///
    /// # Errors
    /// [`IntegrationError::TenantNotFound`], [`IntegrationError::NotFound`], [`IntegrationError::VersionMismatch`],
    /// [`IntegrationError::TenantDeleted`] in a deleted workshop.
    pub async fn disable(
        &self,
        context: &RequestContext,
        tenant: TenantId,
        kind: IntegrationType,
        versions: &VersionMatch,
    ) -> Result<IntegrationView, IntegrationError> {
        let mut tx = self.deps.transactor.begin().await?;
        let before = self.lock_version(&mut tx, tenant, kind, versions).await?;
        if !before.is_active {
            return Ok(self.look(before).into_view());
        }
        let after = Integration { is_active: false, ..before.clone() };
        let after = self.save_in(&mut tx, &before, after).await?;
        self.announce_update_in(&mut tx, context, &before, &after).await?;
        tx.commit().await?;
        Ok(self.look(after).into_view())
    }
}
