use kernel::{StoreError, TenantId};
use uuid::Uuid;

use super::Integrations;

impl Integrations {
    /// Notes why the other service refused a connection when it was used, or that it took it again: whoever looks at the
    /// connection sees it. No change of the connection, so neither a version nor an entry in the trail comes of it. The text has
    /// no secret in it.
    ///
    /// # Errors
    /// What the store says.
    pub async fn note(&self, tenant: TenantId, id: Uuid, last_error: Option<String>) -> Result<(), StoreError> {
        let mut tx = self.deps.transactor.begin().await?;
        self.deps.integrations.note_in(&mut tx, tenant, id, last_error).await?;
        tx.commit().await?;
        Ok(())
    }
}
