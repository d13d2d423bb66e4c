//! What workshops use.

use std::sync::Arc;

use metering::Metering;
use platform::jobs::{Cadence, Schedule};
use tenancy::store::{MemberStore, TenantStore};

use super::{Background, Core, email::MailOutbox};
use crate::adapters::metering_tenants::Workshops;

/// The services of crates/metering.
pub(super) fn build(core: &Core, outbox: &Arc<MailOutbox>) -> Metering {
    let tenants = Arc::new(TenantStore::new(core.db.clone()));
    let tenants = Workshops {
        tenants: Arc::clone(&tenants) as _,
        members: Arc::new(MemberStore::new(core.db.clone())),
        plans: tenants,
    };
    Metering::builder(core.runtime()).outbox(Arc::clone(outbox) as _).tenants(tenants).build()
}

pub(super) fn start(metering: &Metering, background: &mut Background) {
    let (calls, stop) = (metering.calls.clone(), background.stop());
    background.spawn(async move { calls.run(stop).await });
}

pub(super) fn schedules(metering: &Metering) -> Vec<Schedule> {
    vec![
        Schedule { cadence: Cadence::hourly(), job: Arc::new(metering.calls_metering.clone()) },
        Schedule { cadence: Cadence::daily_at(2, 40), job: Arc::new(metering.calls_housekeeping.clone()) },
        Schedule { cadence: Cadence::daily_at(2, 50), job: Arc::new(metering.usage_housekeeping.clone()) },
    ]
}
