use kernel::{AuditEntry, RequestContext, TenantId, Tx, VersionMatch, outbox::NewEvent};

use super::Dependencies;
use crate::{
    TenancyError,
    domain::{Change, Subscription, SubscriptionStatus, SubscriptionTerms, Tenant, TenantStatus, subscription_changes},
    events::{TenancyEvent, Terms},
};

/// What workshops have agreed to pay.
#[derive(Debug, Clone)]
pub struct Subscriptions {
    deps: Dependencies,
}

/// The subscription after it was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// As it now is.
    pub subscription: Subscription,
    /// Whether it is the workshop's first.
    pub created: bool,
}

impl Subscriptions {
    /// The service over these dependencies.
    #[must_use]
    pub fn new(deps: Dependencies) -> Self {
        Self { deps }
    }

    /// The workshop's current subscription.
    ///
    /// # Errors
    /// [`TenancyError::TenantNotFound`], [`TenancyError::SubscriptionNotFound`].
    pub async fn get(&self, tenant: TenantId) -> Result<Subscription, TenancyError> {
        match self.deps.subscriptions.find(tenant).await? {
            Some(subscription) => Ok(subscription),
            None if self.deps.tenants.find(tenant).await?.is_none() => Err(TenancyError::TenantNotFound),
            None => Err(TenancyError::SubscriptionNotFound),
        }
    }

    /// The workshop's current subscription, if one is recorded.
    ///
    /// # Errors
    /// What the store says.
    pub async fn find(&self, tenant: TenantId) -> Result<Option<Subscription>, TenancyError> {
        Ok(self.deps.subscriptions.find(tenant).await?)
    }

    /// Records the terms: as the workshop's first subscription, or in place of the current one if that still
    /// has one of the `versions`. Terms that change nothing leave no trace. A paid one brings a workshop back whose trial
    /// is over.
    ///
    /// # Errors
    /// [`TenancyError::TenantNotFound`], [`TenancyError::IllegalTransition`] for a deleted workshop,
    /// [`TenancyError::VersionMismatch`] (also when versions are named and there is none yet).
    pub async fn put(
        &self,
        context: &RequestContext,
        tenant: TenantId,
        versions: &VersionMatch,
        terms: SubscriptionTerms,
    ) -> Result<Recorded, TenancyError> {
        let mut tx = self.deps.transactor.begin().await?;
        let workshop = self.deps.lock(&mut tx, tenant, Change::Edit).await?;
        let before = self.deps.subscriptions.find_for_update(&mut tx, tenant).await?;
        // No version is 0, so a client that names any does not match what is not there.
        if !versions.allows(before.as_ref().map_or(0, |subscription| subscription.version)) {
            return Err(TenancyError::VersionMismatch);
        }
        let old_terms = before.as_ref().map(|subscription| subscription.terms);
        let created = before.is_none();
        let subscription = match before {
            Some(same) if same.terms == terms => return Ok(Recorded { subscription: same, created }),
            Some(before) => self.replace_in(&mut tx, before, terms).await?,
            None => self.insert_in(&mut tx, tenant, terms).await?,
        };
        let entry = AuditEntry::done("SUBSCRIPTION_UPDATED", "subscription", subscription.id)
            .tenant(tenant)
            .status(if created { 201 } else { 200 })
            .changes(subscription_changes(old_terms.as_ref(), &terms));
        let fact =
            TenancyEvent::SubscriptionUpdated { from: old_terms.as_ref().map(Terms::from), to: Terms::from(&terms) };
        let event = NewEvent::new(subscription.id, fact).tenant(tenant);
        self.deps.announce_in(&mut tx, context, entry, event).await?;
        if terms.status == SubscriptionStatus::Active && workshop.status == TenantStatus::TrialExpired {
            let after = Tenant { trial_ends_at: None, ..workshop.clone() };
            self.deps.revive_in(&mut tx, context, &workshop, after).await?;
        }
        tx.commit().await?;
        Ok(Recorded { subscription, created })
    }

    async fn insert_in(
        &self,
        tx: &mut Tx,
        tenant_id: TenantId,
        terms: SubscriptionTerms,
    ) -> Result<Subscription, TenancyError> {
        let now = self.deps.clock.now();
        let id = self.deps.entropy.uuid_v7(now);
        let subscription = Subscription { id, tenant_id, terms, version: 1, created_at: now, updated_at: now };
        self.deps.subscriptions.insert_in(tx, &subscription).await?;
        Ok(subscription)
    }

    async fn replace_in(
        &self,
        tx: &mut Tx,
        before: Subscription,
        terms: SubscriptionTerms,
    ) -> Result<Subscription, TenancyError> {
        let from_version = before.version;
        let version = from_version + 1;
        let after = Subscription { terms, version, updated_at: self.deps.clock.now(), ..before };
        if self.deps.subscriptions.update_in(tx, &after, from_version).await? {
            Ok(after)
        } else {
            Err(TenancyError::VersionMismatch)
        }
    }
}
