//! Trials that come to their end: warned of, and then over.

mod expiry;
mod warnings;

pub use expiry::TrialExpiry;
pub use warnings::TrialWarnings;

use kernel::Tx;

use super::Dependencies;
use crate::{
    TenancyError,
    domain::{Change, EndingTrial, SubscriptionStatus, Tenant, TenantStatus},
};

/// Trials read at a time.
const BATCH: u64 = 100;

/// The workshop of a trial, locked, if it still works on exactly this trial.
async fn lock_trial_in(deps: &Dependencies, tx: &mut Tx, trial: EndingTrial) -> Result<Option<Tenant>, TenancyError> {
    let tenant = match deps.lock(tx, trial.tenant_id, Change::Edit).await {
        Ok(tenant) => tenant,
        Err(TenancyError::TenantNotFound | TenancyError::IllegalTransition(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    if tenant.status != TenantStatus::Active || tenant.trial_ends_at != Some(trial.ends_at) {
        return Ok(None);
    }
    let subscription = deps.subscriptions.find_for_update(tx, trial.tenant_id).await?;
    let on_trial = subscription.is_none_or(|it| it.terms.status == SubscriptionStatus::Trialing);
    Ok(on_trial.then_some(tenant))
}
