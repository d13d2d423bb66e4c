use kernel::{AuditEntry, RequestContext, TenantId, outbox::NewEvent};

use super::Tenants;
use crate::{
    TenancyError,
    domain::{Change, Tenant, TenantStatus, TenantSummary, tenant_changes},
    events::TenancyEvent,
};

impl Tenants {
    /// Deletes a workshop softly: it is CANCELLED, keeps its subdomain, and from the commit on nobody of it is
    /// signed in, or signs in.
    ///
    /// # Errors
    /// [`TenancyError::TenantNotFound`], [`TenancyError::IllegalTransition`].
    pub async fn delete(&self, context: &RequestContext, id: TenantId) -> Result<TenantSummary, TenancyError> {
        let mut tx = self.deps.transactor.begin().await?;
        let before = self.deps.lock(&mut tx, id, Change::Delete).await?;
        let after = Tenant {
            status: TenantStatus::Cancelled,
            status_before_deletion: Some(before.status),
            deleted_at: Some(self.deps.clock.now()),
            generation: before.generation + 1,
            ..before.clone()
        };
        let after = self.deps.save_tenant_in(&mut tx, &before, after).await?;
        self.deps.shut_out_in(&mut tx, &after).await?;
        let changes = tenant_changes(&before, &after);
        let entry = AuditEntry::done("TENANT_DELETED", "tenant", id).tenant(id).changes(changes);
        let event = NewEvent::new(id, TenancyEvent::TenantDeleted {}).tenant(id);
        self.deps.announce_in(&mut tx, context, entry, event).await?;
        let summary = self.deps.summary_in(&mut tx, id).await?;
        tx.commit().await?;
        Ok(summary)
    }

    /// Undoes a deletion: the workshop stands where it stood before, suspended if it was.
    ///
    /// # Errors
    /// [`TenancyError::TenantNotFound`], [`TenancyError::IllegalTransition`].
    pub async fn restore(&self, context: &RequestContext, id: TenantId) -> Result<TenantSummary, TenancyError> {
        let mut tx = self.deps.transactor.begin().await?;
        let before = self.deps.lock(&mut tx, id, Change::Restore).await?;
        let after = Tenant {
            status: before.status_before_deletion.unwrap_or(TenantStatus::Active),
            status_before_deletion: None,
            deleted_at: None,
            ..before.clone()
        };
        let after = self.deps.save_tenant_in(&mut tx, &before, after).await?;
        let changes = tenant_changes(&before, &after);
        let entry = AuditEntry::done("TENANT_RESTORED", "tenant", id).tenant(id).changes(changes);
        let event = NewEvent::new(id, TenancyEvent::TenantRestored { status: after.status }).tenant(id);
        self.deps.announce_in(&mut tx, context, entry, event).await?;
        let summary = self.deps.summary_in(&mut tx, id).await?;
        tx.commit().await?;
        Ok(summary)
    }
}
