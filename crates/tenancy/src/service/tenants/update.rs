use kernel::{AuditEntry, RequestContext, TenantId, Tx, VersionMatch, outbox::NewEvent};

use super::Tenants;
use crate::{
    TenancyError,
    domain::{Change, Tenant, TenantPatch, TenantStatus, TenantSummary, no_such_contact, tenant_changes},
    events::TenancyEvent,
};

impl Tenants {
    /// Changes fields of a workshop that still has one of the `versions`. A patch that changes nothing leaves
    /// no trace, and the version as it is. A trial that is over and now ends in the future goes on: the workshop is active
    /// again.
    ///
    /// # Errors
    /// [`TenancyError::TenantNotFound`], [`TenancyError::VersionMismatch`], [`TenancyError::IllegalTransition`]
    /// for a deleted one, [`TenancyError::Validation`] for somebody of another tenant as primary contact, [`TenancyError::PlanTooSmall`].
    pub async fn update(
        &self,
        context: &RequestContext,
        id: TenantId,
        versions: &VersionMatch,
        patch: TenantPatch,
    ) -> Result<TenantSummary, TenancyError> {
        let mut tx = self.deps.transactor.begin().await?;
        let before = self.deps.lock_version(&mut tx, id, Change::Edit, versions).await?;
        let extends_trial = patch.trial_ends_at.flatten().is_some_and(|end| end > self.deps.clock.now());
        let mut after = patch.apply(&before);
        if after != before {
            self.check_contact_in(&mut tx, &before, &after).await?;
            self.check_seats_in(&mut tx, &before, &after).await?;
            after = self.deps.save_tenant_in(&mut tx, &before, after).await?;
            let changes = tenant_changes(&before, &after);
            let fact = TenancyEvent::TenantUpdated { fields: changes.field_names() };
            let entry = AuditEntry::done("TENANT_UPDATED", "tenant", id).tenant(id).changes(changes);
            let event = NewEvent::new(id, fact).tenant(id);
            self.deps.announce_in(&mut tx, context, entry, event).await?;
        }
        if extends_trial && after.status == TenantStatus::TrialExpired {
            self.deps.revive_in(&mut tx, context, &after, after.clone()).await?;
        }
        let summary = self.deps.summary_in(&mut tx, id).await?;
        tx.commit().await?;
        Ok(summary)
    }

    /// A smaller plan must have a seat for everybody who is active.
    async fn check_seats_in(&self, tx: &mut Tx, before: &Tenant, after: &Tenant) -> Result<(), TenancyError> {
        let Some(limit) = after.plan.limits().seats.filter(|_| after.plan != before.plan) else { return Ok(()) };
        let used = self.deps.people.count_active_in(tx, after.id).await?;
        if used > limit { Err(TenancyError::PlanTooSmall { used, limit }) } else { Ok(()) }
    }

    /// The primary contact is one of the workshop's own people, and active.
    async fn check_contact_in(&self, tx: &mut Tx, before: &Tenant, after: &Tenant) -> Result<(), TenancyError> {
        match after.primary_contact_id {
            Some(contact) if after.primary_contact_id != before.primary_contact_id => {
                let person = self.deps.people.find_for_update(tx, after.id, contact).await?;
                let is_active = person.is_some_and(|person| person.is_active);
                is_active.then_some(()).ok_or_else(|| TenancyError::Validation(vec![no_such_contact()]))
            }
            _ => Ok(()),
        }
    }
}
