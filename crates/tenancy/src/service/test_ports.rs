//! Mocked ports for the unit tests of the services.

use std::sync::Arc;

use kernel::{
    AdminRole, Caller, Clock, EmailAddress, RequestContext, StoreError, Subject, TenantId, TenantRole, TenantUserId,
};
use test_support::{FixedClock, Recorder, RecordingTransactor, SeededEntropy};
use uuid::Uuid;

use super::{Dependencies, people::new_person};
use crate::{
    domain::{Access, NewPerson, Person, PersonName},
    repository::{
        MockAccessControl, MockPersonRepository, MockSeatWatch, MockSubscriptionRepository, MockTenantRepository,
    },
};

/// The mocks, to be told what to expect before [`Mocks::deps`].
#[derive(Default)]
pub(crate) struct Mocks {
    pub(crate) tenants: MockTenantRepository,
    pub(crate) people: MockPersonRepository,
    pub(crate) subscriptions: MockSubscriptionRepository,
    pub(crate) access: MockAccessControl,
    pub(crate) seats: MockSeatWatch,
    pub(crate) audit_fails: bool,
}

/// The dependencies, and what they record.
pub(crate) struct Fixture {
    pub(crate) deps: Dependencies,
    pub(crate) recorded: Arc<Recorder>,
    pub(crate) transactor: Arc<RecordingTransactor>,
}

impl Mocks {
    pub(crate) fn deps(self) -> Fixture {
        let recorded = Arc::new(if self.audit_fails { Recorder::with_broken_trail() } else { Recorder::default() });
        let transactor = Arc::new(RecordingTransactor::new());
        let deps = Dependencies {
            transactor: Arc::clone(&transactor) as _,
            tenants: Arc::new(self.tenants),
            people: Arc::new(self.people),
            subscriptions: Arc::new(self.subscriptions),
            access: Arc::new(self.access),
            seats: Arc::new(self.seats),
            audit: Arc::clone(&recorded) as _,
            outbox: Arc::clone(&recorded) as _,
            clock: Arc::new(FixedClock::default()),
            entropy: Arc::new(SeededEntropy::default()),
        };
        Fixture { deps, recorded, transactor }
    }
}

impl Fixture {
    /// Actions and events so far.
    pub(crate) fn recorded(&self) -> (Vec<&'static str>, Vec<&'static str>) {
        self.recorded.recorded()
    }
}

/// What a store says when it cannot.
pub(crate) fn broken() -> StoreError {
    StoreError::corrupt("test", "broken")
}

pub(crate) fn context() -> RequestContext {
    RequestContext {
        caller: Caller::new(Subject::Admin { id: Uuid::from_u128(1).into(), role: AdminRole::Admin }),
        ..RequestContext::system("test", "r1")
    }
}

/// A person with a password.
pub(crate) fn a_person(id: u128, tenant: TenantId, role: TenantRole) -> Person {
    let email: EmailAddress = format!("p{id}@shop.test").parse().expect("an address");
    let name = |text| PersonName::parse_as("firstName", text).expect("a name");
    let new = NewPerson { first_name: name("Sam"), last_name: name("Lee"), email, role };
    new_person(TenantUserId(Uuid::from_u128(id)), tenant, new, Access::Password, FixedClock::default().now())
}
