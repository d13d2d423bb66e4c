//! What the unit tests of the services begin with.

use std::sync::Arc;

use kernel::{AdminRole, Caller, RequestContext, Subject, TenantId};
use test_support::{FixedClock, Recorder, RecordingTransactor, SeededEntropy};
use uuid::Uuid;

use super::{Dependencies, Usage};
use crate::{
    domain::RawRetention,
    repository::{MockApiCallRepository, MockTenants, MockUsageRepository, TenantState},
};

pub(super) const TENANT: TenantId = TenantId(Uuid::from_u128(7));

/// The dependencies, and what they record.
pub(super) struct Fixture {
    pub(super) recorder: Arc<Recorder>,
    pub(super) transactor: Arc<RecordingTransactor>,
}

impl Fixture {
    /// Actions and events so far.
    pub(super) fn recorded(&self) -> (Vec<&'static str>, Vec<&'static str>) {
        self.recorder.recorded()
    }
}

/// A tenant that is there, deleted or not.
pub(super) fn there(is_deleted: bool) -> MockTenants {
    let mut tenants = MockTenants::new();
    let state = TenantState { is_deleted, calls_per_day: None };
    tenants.expect_exists().returning(|_| Ok(true));
    tenants.expect_find_for_share().returning(move |_, _| Ok(Some(state)));
    tenants
}

/// Nobody is there.
pub(super) fn nobody() -> MockTenants {
    let mut tenants = MockTenants::new();
    tenants.expect_exists().returning(|_| Ok(false));
    tenants.expect_find_for_share().returning(|_, _| Ok(None));
    tenants
}

pub(super) fn usage(store: MockUsageRepository, tenants: MockTenants) -> (Usage, Fixture) {
    usage_with(store, tenants, Recorder::default())
}

pub(super) fn usage_with(store: MockUsageRepository, tenants: MockTenants, recorder: Recorder) -> (Usage, Fixture) {
    let (recorder, transactor) = (Arc::new(recorder), Arc::new(RecordingTransactor::new()));
    let deps = Dependencies {
        transactor: Arc::clone(&transactor) as _,
        usage: Arc::new(store),
        calls: Arc::new(MockApiCallRepository::new()),
        tenants: Arc::new(tenants),
        audit: Arc::clone(&recorder) as _,
        outbox: Arc::clone(&recorder) as _,
        clock: Arc::new(FixedClock::default()),
        entropy: Arc::new(SeededEntropy::default()),
    };
    (Usage::new(deps, RawRetention::default()), Fixture { recorder, transactor })
}

pub(super) fn context() -> RequestContext {
    RequestContext {
        caller: Caller::new(Subject::Admin { id: Uuid::from_u128(1).into(), role: AdminRole::Admin }),
        ..RequestContext::system("test", "r1")
    }
}
