//! Support.

use std::{sync::Arc, time::Duration};

use auth::AdminStore;
use platform::jobs::{Cadence, Schedule};
use support::Support;
use tenancy::store::{MemberStore, TenantStore};

use super::{Core, email::MailOutbox};
use crate::adapters::support::{Assignees, Workshops};

/// The services of crates/support.
pub(super) fn build(core: &Core, outbox: &Arc<MailOutbox>) -> Support {
    let admins = Arc::new(AdminStore::new(core.db.clone()));
    let customers = Workshops {
        tenants: Arc::new(TenantStore::new(core.db.clone())),
        members: Arc::new(MemberStore::new(core.db.clone())),
    };
    let staff = Assignees { admins: Arc::clone(&admins) as _, names: admins };
    let builder = Support::builder(core.runtime()).outbox(Arc::clone(outbox) as _);
    builder.staff(staff).customers(customers).build()
}

pub(super) fn schedules(support: &Support) -> Vec<Schedule> {
    vec![Schedule { cadence: Cadence::every(Duration::from_secs(60)), job: Arc::new(support.sla_watch.clone()) }]
}
