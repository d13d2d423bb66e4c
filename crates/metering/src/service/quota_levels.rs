use std::sync::Arc;

use kernel::{
    AuditEntry, AuditTrail, Changes, RequestContext, StoreError, TenantId, Tx,
    outbox::{NewEvent, Outbox},
};

use crate::{
    domain::{Quota, QuotaMetric},
    events::MeteringEvent,
};

/// Tells when so much of a quota is used that a tenant's staff and owners want to know.
#[derive(Clone)]
pub struct QuotaLevels {
    audit: Arc<dyn AuditTrail>,
    outbox: Arc<dyn Outbox<MeteringEvent>>,
}

impl std::fmt::Debug for QuotaLevels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QuotaLevels").finish_non_exhaustive()
    }
}

impl QuotaLevels {
    /// Tells this trail and this outbox.
    #[must_use]
    pub fn new(audit: Arc<dyn AuditTrail>, outbox: Arc<dyn Outbox<MeteringEvent>>) -> Self {
        Self { audit, outbox }
    }

    /// Announces the level that is reached now and was not at `before`, if there is one.
    ///
    /// # Errors
    /// What the stores say.
    pub async fn announce_change_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        tenant: TenantId,
        metric: QuotaMetric,
        (before, after): (Quota, Quota),
    ) -> Result<(), StoreError> {
        match after.level_since(before) {
            Some(_) => self.announce_in(tx, context, tenant, metric, after).await,
            None => Ok(()),
        }
    }

    /// Announces the level that is reached; that nothing is left goes into the trail, too.
    pub(super) async fn announce_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        tenant: TenantId,
        metric: QuotaMetric,
        quota: Quota,
    ) -> Result<(), StoreError> {
        let level = quota.level();
        if level >= 100 {
            let changes = Changes::new().set("metric", &metric).set("limit", &quota.limit);
            let entry = AuditEntry::done("QUOTA_EXCEEDED", "tenant", tenant).tenant(tenant).changes(changes);
            self.audit.record_in(tx, context, entry).await?;
        }
        let fact = MeteringEvent::QuotaReached { metric, percent: level, used: quota.used, limit: quota.limit };
        self.outbox.publish_in(tx, NewEvent::new(tenant, fact).tenant(tenant)).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use kernel::Transactor as _;
    use serde_json::json;
    use test_support::{Recorder, RecordingTransactor};
    use uuid::Uuid;

    use super::*;

    const TENANT: TenantId = TenantId(Uuid::from_u128(7));

    #[tokio::test]
    async fn a_level_is_announced_once_and_the_end_is_audited() {
        let recorder = Arc::new(Recorder::default());
        let levels = QuotaLevels::new(Arc::clone(&recorder) as _, Arc::clone(&recorder) as _);
        let mut tx = RecordingTransactor::new().begin().await.expect("begins");
        let context = RequestContext::system("test", "r1");
        let seats = |used| Quota { used, limit: Some(5) };
        for used in 0..5 {
            let change = (seats(used), seats(used + 1));
            levels.announce_change_in(&mut tx, &context, TENANT, QuotaMetric::Users, change).await.expect("tells");
        }
        assert_eq!(recorder.recorded(), (vec!["QUOTA_EXCEEDED"], vec!["quota.reached.v1"; 2]));
        let payloads: Vec<_> = recorder.events().iter().map(|event| event.payload.clone()).collect();
        let told = |percent, used| json!({ "metric": "USERS", "percent": percent, "used": used, "limit": 5 });
        assert_eq!(payloads, [told(80, 4), told(100, 5)]);
    }
}
