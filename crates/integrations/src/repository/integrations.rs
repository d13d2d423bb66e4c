use async_trait::async_trait;
use kernel::{StoreError, TenantId, Tx};
use uuid::Uuid;

use crate::domain::{Integration, IntegrationType};

/// Connections of workshops to other services, with their secrets sealed.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait IntegrationRepository: Send + Sync {
    /// The workshop's connection of this type, in use or not.
    async fn find(&self, tenant: TenantId, kind: IntegrationType) -> Result<Option<Integration>, StoreError>;

    /// All of the workshop's, by type: one of each at most.
    async fn list(&self, tenant: TenantId) -> Result<Vec<Integration>, StoreError>;

    /// [`IntegrationRepository::find`], locked until the transaction ends. Take the workshop's lock first.
    async fn find_for_update(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        kind: IntegrationType,
    ) -> Result<Option<Integration>, StoreError>;

    /// Adds a connection.
    ///
    /// # Errors
    /// [`StoreError::Unique`] with `uq_tenant_integrations_tenant_id_type`.
    async fn insert_in(&self, tx: &mut Tx, integration: &Integration) -> Result<(), StoreError>;

    /// Writes everything that can change, if the stored version still is `from_version`; tells whether it was.
    async fn update_in(&self, tx: &mut Tx, integration: &Integration, from_version: i64) -> Result<bool, StoreError>;

    /// Writes why the other service refused the connection, or that it took it again; no new version.
    async fn note_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        id: Uuid,
        last_error: Option<String>,
    ) -> Result<(), StoreError>;
}
