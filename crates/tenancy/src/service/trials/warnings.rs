use std::sync::Arc;

use async_trait::async_trait;
use kernel::{TenantId, outbox::NewEvent};
use platform::jobs::{Items, Job, JobError};
use tokio_util::sync::CancellationToken;

use super::BATCH;
use crate::{
    TenancyError,
    domain::{EndingTrial, TrialWarning, days_left},
    events::TenancyEvent,
    repository::TrialRepository,
    service::Dependencies,
};

/// Announces that trials end, 7, 3 and 1 days before, each once; run it several times a day.
#[derive(Clone)]
pub struct TrialWarnings {
    deps: Dependencies,
    trials: Arc<dyn TrialRepository>,
}

impl std::fmt::Debug for TrialWarnings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TrialWarnings").finish_non_exhaustive()
    }
}

impl TrialWarnings {
    /// Over these dependencies.
    #[must_use]
    pub fn new(deps: Dependencies, trials: Arc<dyn TrialRepository>) -> Self {
        Self { deps, trials }
    }

    /// Gives one warning, unless the trial has changed or it was given meanwhile; tells whether it was given now.
    async fn give(&self, trial: EndingTrial, days: u32) -> Result<bool, TenancyError> {
        let deps = &self.deps;
        let mut tx = deps.transactor.begin().await?;
        if super::lock_trial_in(deps, &mut tx, trial).await?.is_none() {
            return Ok(false);
        }
        let now = deps.clock.now();
        if !self.trials.mark_warned_in(&mut tx, trial, days, now).await? {
            return Ok(false);
        }
        let fact = TenancyEvent::TrialEnding { days_left: days_left(now, trial.ends_at), ends_at: trial.ends_at };
        let event = NewEvent::new(trial.tenant_id, fact).tenant(trial.tenant_id);
        deps.outbox.publish_in(&mut tx, event).await?;
        tx.commit().await?;
        Ok(true)
    }
}

#[async_trait]
impl Job for TrialWarnings {
    fn name(&self) -> &'static str {
        "tenancy.trial_warnings"
    }

    async fn run(&self, stop: &CancellationToken) -> Result<(), JobError> {
        let (mut given, mut items) = (0_u64, Items::of(self.name()));
        for warning in TrialWarning::all(self.deps.clock.now()) {
            let mut last: Option<TenantId> = None;
            loop {
                let trials = self.trials.list_unwarned(&warning, last, BATCH).await?;
                let Some(end) = trials.last() else { break };
                last = Some(end.tenant_id);
                for trial in &trials {
                    if stop.is_cancelled() {
                        return Err("stopped early".into());
                    }
                    let done = items.note(trial.tenant_id, self.give(*trial, warning.days).await)?;
                    given += u64::from(done == Some(true));
                }
            }
        }
        if given > 0 {
            tracing::info!(given, "owners are warned of their trial's end");
        }
        items.finish()
    }
}
