use std::sync::Arc;

use kernel::{
    AuditEntry, AuditTrail, Clock, Entropy, RequestContext, StoreError, TenantId, Transactor, Tx, VersionMatch,
    outbox::{NewEvent, Outbox},
};

use crate::{
    TenancyError,
    domain::{Change, Tenant, TenantStatus, TenantSummary, tenant_changes},
    events::TenancyEvent,
    repository::{AccessControl, CountKey, PersonRepository, SeatWatch, SubscriptionRepository, TenantRepository},
};

/// What the services depend on.
#[derive(Clone)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Dependencies {
    pub transactor: Arc<dyn Transactor>,
    pub tenants: Arc<dyn TenantRepository>,
    pub people: Arc<dyn PersonRepository>,
    pub subscriptions: Arc<dyn SubscriptionRepository>,
    pub access: Arc<dyn AccessControl>,
    /// Tells when seats run out.
    pub seats: Arc<dyn SeatWatch>,
    pub audit: Arc<dyn AuditTrail>,
    /// Tells the rest of the system.
    pub outbox: Arc<dyn Outbox<TenancyEvent>>,
    pub clock: Arc<dyn Clock>,
    /// Ids, and which shard a total is counted on.
    pub entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for Dependencies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dependencies").finish_non_exhaustive()
    }
}

impl Dependencies {
    /// Locks the workshop for a change, if it may be changed so.
    pub(super) async fn lock(&self, tx: &mut Tx, id: TenantId, change: Change) -> Result<Tenant, TenancyError> {
        self.lock_version(tx, id, change, &VersionMatch::Any).await
    }

    /// [`Dependencies::lock`], if it still is as the client knows it.
    pub(super) async fn lock_version(
        &self,
        tx: &mut Tx,
        id: TenantId,
        change: Change,
        versions: &VersionMatch,
    ) -> Result<Tenant, TenancyError> {
        let tenant = self.tenants.find_for_update(tx, id).await?.ok_or(TenancyError::TenantNotFound)?;
        if !versions.allows(tenant.version) {
            return Err(TenancyError::VersionMismatch);
        }
        if !tenant.allows(change) {
            return Err(TenancyError::IllegalTransition(change));
        }
        Ok(tenant)
    }

    /// Writes the workshop as it now is, under the next version, and keeps the totals in step.
    pub(super) async fn save_tenant_in(
        &self,
        tx: &mut Tx,
        before: &Tenant,
        mut after: Tenant,
    ) -> Result<Tenant, TenancyError> {
        after.version = before.version + 1;
        after.updated_at = self.clock.now();
        if !self.tenants.update_in(tx, &after, before.version).await? {
            return Err(TenancyError::VersionMismatch);
        }
        self.recount_in(tx, Some(before.into()), CountKey::from(&after)).await?;
        Ok(after)
    }

    /// Moves a workshop between the totals, if it is counted elsewhere now.
    pub(super) async fn recount_in(&self, tx: &mut Tx, from: Option<CountKey>, to: CountKey) -> Result<(), StoreError> {
        if from == Some(to) {
            return Ok(());
        }
        let mut shard = [0_u8];
        self.entropy.fill(&mut shard);
        self.tenants.recount_one_in(tx, from, to, shard[0]).await
    }

    /// From the commit on, nobody of the workshop is signed in. `tenant` carries its new generation.
    pub(super) async fn shut_out_in(&self, tx: &mut Tx, tenant: &Tenant) -> Result<(), StoreError> {
        self.access.revoke_tenant_in(tx, tenant.id, tenant.generation).await?;
        self.access.end_sessions_of_tenant_in(tx, tenant.id).await
    }

    /// Puts a workshop to work again, as `after` but active. Access tokens die, so that the next ones tell of it; sessions
    /// go on.
    pub(super) async fn revive_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        before: &Tenant,
        after: Tenant,
    ) -> Result<Tenant, TenancyError> {
        let id = before.id;
        let after = Tenant { status: TenantStatus::Active, generation: before.generation + 1, ..after };
        let after = self.save_tenant_in(tx, before, after).await?;
        self.access.revoke_tenant_in(tx, id, after.generation).await?;
        let changes = tenant_changes(before, &after);
        let entry = AuditEntry::done("TENANT_REACTIVATED", "tenant", id).tenant(id).changes(changes);
        let event = NewEvent::new(id, TenancyEvent::TenantReactivated { from: before.status }).tenant(id);
        self.announce_in(tx, context, entry, event).await?;
        Ok(after)
    }

    /// Leaves an entry in the trail and an event in the outbox.
    pub(super) async fn announce_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        entry: AuditEntry,
        event: NewEvent<TenancyEvent>,
    ) -> Result<(), StoreError> {
        self.audit.record_in(tx, context, entry).await?;
        self.outbox.publish_in(tx, event).await?;
        Ok(())
    }

    /// The workshop as the transaction leaves it.
    pub(super) async fn summary_in(&self, tx: &mut Tx, id: TenantId) -> Result<TenantSummary, TenancyError> {
        self.tenants.find_in(tx, id).await?.ok_or(TenancyError::TenantNotFound)
    }
}
