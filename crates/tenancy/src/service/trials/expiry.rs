use std::sync::Arc;

use async_trait::async_trait;
use kernel::{AuditEntry, RequestContext, TenantId, outbox::NewEvent};
use platform::jobs::{Items, Job, JobError};
use tokio_util::sync::CancellationToken;

use super::BATCH;
use crate::{
    TenancyError,
    domain::{EndingTrial, Tenant, TenantStatus, tenant_changes},
    events::TenancyEvent,
    repository::TrialRepository,
    service::Dependencies,
};

/// Moves workshops whose trial is over, and who have not subscribed, to TRIAL_EXPIRED; run it every few minutes.
#[derive(Clone)]
pub struct TrialExpiry {
    deps: Dependencies,
    trials: Arc<dyn TrialRepository>,
}

impl std::fmt::Debug for TrialExpiry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TrialExpiry").finish_non_exhaustive()
    }
}

impl TrialExpiry {
    /// Over these dependencies.
    #[must_use]
    pub fn new(deps: Dependencies, trials: Arc<dyn TrialRepository>) -> Self {
        Self { deps, trials }
    }

    /// Ends one trial, unless it has changed meanwhile; tells whether it ended now. Access tokens die, so that the next ones
    /// tell of it; sessions go on.
    async fn end(&self, trial: EndingTrial) -> Result<bool, TenancyError> {
        let deps = &self.deps;
        let mut tx = deps.transactor.begin().await?;
        let Some(before) = super::lock_trial_in(deps, &mut tx, trial).await? else { return Ok(false) };
        let id = before.id;
        let after = Tenant { status: TenantStatus::TrialExpired, generation: before.generation + 1, ..before.clone() };
        let after = deps.save_tenant_in(&mut tx, &before, after).await?;
        deps.access.revoke_tenant_in(&mut tx, id, after.generation).await?;
        let changes = tenant_changes(&before, &after);
        let entry = AuditEntry::done("TENANT_TRIAL_EXPIRED", "tenant", id).tenant(id).changes(changes);
        let event = NewEvent::new(id, TenancyEvent::TrialExpired { ended_at: trial.ends_at }).tenant(id);
        let context = RequestContext::system("scheduler", "tenancy.trial_expiry");
        deps.announce_in(&mut tx, &context, entry, event).await?;
        tx.commit().await?;
        Ok(true)
    }
}

#[async_trait]
impl Job for TrialExpiry {
    fn name(&self) -> &'static str {
        "tenancy.trial_expiry"
    }

    async fn run(&self, stop: &CancellationToken) -> Result<(), JobError> {
        let now = self.deps.clock.now();
        let (mut ended, mut last, mut items) = (0_u64, None::<TenantId>, Items::of(self.name()));
        loop {
            let trials = self.trials.list_over(now, last, BATCH).await?;
            let Some(end) = trials.last() else { break };
            last = Some(end.tenant_id);
            for trial in &trials {
                if stop.is_cancelled() {
                    return Err("stopped early".into());
                }
                let done = items.note(trial.tenant_id, self.end(*trial).await)?;
                ended += u64::from(done == Some(true));
            }
        }
        if ended > 0 {
            tracing::info!(ended, "trials are over");
        }
        items.finish()
    }
}
