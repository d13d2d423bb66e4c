use async_trait::async_trait;
use chrono::{DateTime, NaiveTime, SubsecRound, TimeDelta, Utc};
use kernel::RequestContext;
use platform::jobs::{Items, Job, JobError};
use tokio_util::sync::CancellationToken;

use super::ApiCalls;
use crate::{
    MeteringError,
    domain::{MetricType, NewPoint, UsageBatch, UsageValue},
    repository::UnmeteredDay,
    service::Usage,
};

/// Days of workshops read at a time.
const BATCH: u64 = 500;

/// Records counted requests as usage, as points of API_CALLS; run it hourly. A request is recorded once, and none is left
/// out: the note of what was recorded commits with the point.
#[derive(Debug, Clone)]
pub struct ApiCallsMetering {
    calls: ApiCalls,
    usage: Usage,
}

impl ApiCallsMetering {
    /// From these counts to this usage.
    #[must_use]
    pub fn new(calls: ApiCalls, usage: Usage) -> Self {
        Self { calls, usage }
    }

    /// Records what was counted of a day since the last time. Nothing is recorded for a workshop that was deleted meanwhile.
    async fn record(&self, day: &UnmeteredDay, now: DateTime<Utc>) -> Result<(), MeteringError> {
        let mut tx = self.calls.deps.transactor.begin().await?;
        if !self.calls.deps.calls.mark_metered_in(&mut tx, day).await? {
            // Another node was here first.
            return Ok(());
        }
        let context = RequestContext::system("quota", format!("api-calls-{}", day.day));
        match self.usage.record_in(&mut tx, &context, day.tenant_id, UsageBatch(vec![point(day, now)])).await {
            Ok(_) => Ok(tx.commit().await?),
            Err(MeteringError::TenantDeleted | MeteringError::TenantNotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// In the day that was counted, as late as may be.
fn point(day: &UnmeteredDay, now: DateTime<Utc>) -> NewPoint {
    let end = day.day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::days(1) - TimeDelta::microseconds(1);
    NewPoint {
        metric_type: MetricType::trusted(MetricType::API_CALLS.to_owned()),
        value: UsageValue::whole(day.calls - day.metered),
        date: now.trunc_subsecs(6).min(end),
        details: None,
        key: None,
    }
}

#[async_trait]
impl Job for ApiCallsMetering {
    fn name(&self) -> &'static str {
        "tenancy.api_calls_metering"
    }

    async fn run(&self, stop: &CancellationToken) -> Result<(), JobError> {
        let (mut after, mut items) = (None, Items::of(self.name()));
        loop {
            let days = self.calls.deps.calls.list_unmetered(after, BATCH).await?;
            let Some(last) = days.last() else { return items.finish() };
            after = Some((last.day, last.tenant_id));
            let ids: Vec<_> = days.iter().map(|day| day.tenant_id).collect();
            let tenants = self.calls.deps.tenants.list(&ids).await?;
            // Those of deleted tenants wait: should one be restored, its requests are recorded.
            let is_living = |id| tenants.get(id).is_some_and(|tenant| !tenant.is_deleted);
            for day in days.iter().filter(|day| is_living(&day.tenant_id)) {
                if stop.is_cancelled() {
                    return Err("stopped early".into());
                }
                let recorded = self.record(day, self.calls.deps.clock.now()).await;
                items.note(format_args!("{} {}", day.tenant_id, day.day), recorded)?;
            }
        }
    }
}
