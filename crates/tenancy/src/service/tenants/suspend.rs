use kernel::{AuditEntry, RequestContext, TenantId, outbox::NewEvent};

use super::Tenants;
use crate::{
    TenancyError,
    domain::{Change, SuspensionReason, Tenant, TenantStatus, TenantSummary, tenant_changes},
    events::{SuspendedBy, TenancyEvent},
};

impl Tenants {
    /// Stops a workshop: from the commit on nobody of it is signed in, or signs in.
    ///
    /// # Errors
    /// [`TenancyError::TenantNotFound`], [`TenancyError::IllegalTransition`].
    pub async fn suspend(
        &self,
        context: &RequestContext,
        id: TenantId,
        reason: &SuspensionReason,
    ) -> Result<TenantSummary, TenancyError> {
        let mut tx = self.deps.transactor.begin().await?;
        let before = self.deps.lock(&mut tx, id, Change::Suspend).await?;
        let after = Tenant {
            status: TenantStatus::Suspended,
            suspended_reason: Some(reason.clone()),
            generation: before.generation + 1,
            ..before.clone()
        };
        let after = self.deps.save_tenant_in(&mut tx, &before, after).await?;
        self.deps.shut_out_in(&mut tx, &after).await?;
        let changes = tenant_changes(&before, &after);
        let entry = AuditEntry::done("TENANT_SUSPENDED", "tenant", id).tenant(id).changes(changes);
        let event = NewEvent::new(id, TenancyEvent::TenantSuspended { by: SuspendedBy::Staff }).tenant(id);
        self.deps.announce_in(&mut tx, context, entry, event).await?;
        let summary = self.deps.summary_in(&mut tx, id).await?;
        tx.commit().await?;
        Ok(summary)
    }

    /// Puts a suspended, cancelled or expired workshop to work again. A trial that is over is forgotten, else
    /// the workshop would expire again at once. Access tokens that tell of the old state die.
    ///
    /// # Errors
    /// [`TenancyError::TenantNotFound`], [`TenancyError::IllegalTransition`].
    pub async fn reactivate(&self, context: &RequestContext, id: TenantId) -> Result<TenantSummary, TenancyError> {
        let mut tx = self.deps.transactor.begin().await?;
        let before = self.deps.lock(&mut tx, id, Change::Reactivate).await?;
        let now = self.deps.clock.now();
        let after = Tenant {
            suspended_reason: None,
            trial_ends_at: before.trial_ends_at.filter(|end| *end > now),
            ..before.clone()
        };
        self.deps.revive_in(&mut tx, context, &before, after).await?;
        let summary = self.deps.summary_in(&mut tx, id).await?;
        tx.commit().await?;
        Ok(summary)
    }
}
