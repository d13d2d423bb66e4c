//! Mocked ports for the unit tests of the services.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use kernel::{
    Actor, AdminRole, AuditEntry, AuditTrail, Clock, EmailAddress, EventId, RequestContext, StoreError, TenantId,
    TenantRole, TenantUserId, Tx,
    outbox::{NewEvent, Outbox},
};
use test_support::{FixedClock, RecordingTransactor, SeededEntropy};
use uuid::Uuid;

use super::{Ports, people::new_person};
use crate::{
    domain::{Access, NewPerson, Person, PersonName},
    repository::{MockAccessControl, MockPersonRepository, MockSubscriptionRepository, MockTenantRepository},
};

/// Trail and outbox at once: remembers what was told, in its order, and fails when it should.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) entries: Mutex<Vec<AuditEntry>>,
    pub(crate) events: Mutex<Vec<NewEvent>>,
    fails: bool,
}

#[async_trait]
impl AuditTrail for Told {
    async fn record_in(&self, _: &mut Tx, _: &RequestContext, entry: AuditEntry) -> Result<(), StoreError> {
        if self.fails {
            return Err(broken());
        }
        self.entries.lock().expect("not poisoned").push(entry);
        Ok(())
    }
}

#[async_trait]
impl Outbox for Told {
    async fn publish_in(&self, _: &mut Tx, event: NewEvent) -> Result<EventId, StoreError> {
        self.events.lock().expect("not poisoned").push(event);
        Ok(EventId(Uuid::nil()))
    }
}

/// The mocks, to be told what to expect before [`Mocks::ports`].
#[derive(Default)]
pub(crate) struct Mocks {
    pub(crate) tenants: MockTenantRepository,
    pub(crate) people: MockPersonRepository,
    pub(crate) subscriptions: MockSubscriptionRepository,
    pub(crate) access: MockAccessControl,
    pub(crate) audit_fails: bool,
}

/// What the test keeps of the ports.
pub(crate) struct Kept {
    pub(crate) ports: Ports,
    pub(crate) told: Arc<Told>,
    pub(crate) transactor: Arc<RecordingTransactor>,
}

impl Mocks {
    pub(crate) fn ports(self) -> Kept {
        let told = Arc::new(Told { fails: self.audit_fails, ..Told::default() });
        let transactor = Arc::new(RecordingTransactor::new());
        let ports = Ports {
            transactor: Arc::clone(&transactor) as _,
            tenants: Arc::new(self.tenants),
            people: Arc::new(self.people),
            subscriptions: Arc::new(self.subscriptions),
            access: Arc::new(self.access),
            audit: Arc::clone(&told) as _,
            outbox: Arc::clone(&told) as _,
            clock: Arc::new(FixedClock::default()),
            entropy: Arc::new(SeededEntropy::default()),
        };
        Kept { ports, told, transactor }
    }
}

impl Kept {
    /// Actions and events so far.
    pub(crate) fn told(&self) -> (Vec<&'static str>, Vec<&'static str>) {
        let entries = self.told.entries.lock().expect("not poisoned");
        let events = self.told.events.lock().expect("not poisoned");
        (entries.iter().map(|entry| entry.action).collect(), events.iter().map(|event| event.kind).collect())
    }
}

/// What a store says when it cannot.
pub(crate) fn broken() -> StoreError {
    StoreError::corrupt("test", "broken")
}

pub(crate) fn context() -> RequestContext {
    RequestContext {
        actor: Actor::Admin { id: Uuid::from_u128(1).into(), role: AdminRole::Admin },
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
