//! The services over a real database and a real outbox; audit trail, staff and workshops are stand-ins.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use futures::future::join_all;
use kernel::{
    Actor, AdminId, AdminRole, AuditEntry, AuditTrail, Database, EmailAddress, RequestContext, StoreError, TenantId,
    TenantRole, TenantUserId, Tx, VersionMatch,
    page::{Direction, PageRequest, Sort, Start},
    store::SeaOutbox,
};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::Value;
use support::{
    domain::{
        Body, NewStaffTicket, NewTicket, NewTicketInput, Requester, Status, Ticket, TicketFilter, TicketId,
        TicketPatch, TicketSort,
    },
    repository::{CustomerPerson, Customers, Staff, StaffMember, StaffName, Workshop},
    service::{Ports, SlaWatch, StaffTickets, WorkshopTickets},
    store::{HistoryStore, MessageStore, TicketStore},
};
use test_support::{FixedClock, SeededEntropy, TestDatabase, run_sql};
use tokio::sync::Barrier;
use uuid::Uuid;

pub const ANY: VersionMatch = VersionMatch::Any;
pub const SHOP: TenantId = TenantId(Uuid::from_u128(0x5409));
pub const OTHER_SHOP: TenantId = TenantId(Uuid::from_u128(0x07e2));
pub const ADA: AdminId = AdminId(Uuid::from_u128(1));
pub const GRACE: AdminId = AdminId(Uuid::from_u128(2));

/// Writes entries into a table, so that they commit and roll back with the change.
pub struct Trail;

#[async_trait]
impl AuditTrail for Trail {
    async fn record_in(&self, tx: &mut Tx, _: &RequestContext, entry: AuditEntry) -> Result<(), StoreError> {
        let tenant = if entry.tenant_id.is_some() { "yes" } else { "no" };
        let sql = format!("INSERT INTO test_trail (action, tenant) VALUES ('{}', '{tenant}')", entry.action);
        let executor = tx.executor();
        executor.execute_raw(Statement::from_string(executor.get_database_backend(), sql)).await?;
        Ok(())
    }
}

/// Everybody works on tickets until they are dismissed; every workshop has Sam, until it is deleted.
#[derive(Default)]
pub struct People {
    deleted: Mutex<HashSet<TenantId>>,
    gone: Mutex<HashSet<AdminId>>,
}

impl People {
    pub fn delete(&self, workshop: TenantId) {
        self.deleted.lock().expect("not poisoned").insert(workshop);
    }

    pub fn dismiss(&self, member: AdminId) {
        self.gone.lock().expect("not poisoned").insert(member);
    }
}

#[async_trait]
impl Staff for People {
    async fn find_for_share(&self, _: &mut Tx, id: AdminId) -> Result<Option<StaffMember>, StoreError> {
        let email = format!("{}@nextcrm.test", id.uuid().as_u128()).parse().expect("an address");
        let (first_name, last_name) = ("Staff".to_owned(), id.uuid().as_u128().to_string());
        let may_handle = !self.gone.lock().expect("not poisoned").contains(&id);
        Ok(Some(StaffMember { id, first_name, last_name, email, may_handle }))
    }

    async fn list_names(&self, ids: &[AdminId]) -> Result<Vec<StaffName>, StoreError> {
        Ok(ids.iter().map(|id| StaffName { id: *id, name: format!("Staff {}", id.uuid().as_u128()) }).collect())
    }
}

#[async_trait]
impl Customers for People {
    async fn find_workshop_for_share(&self, _: &mut Tx, id: TenantId) -> Result<Option<Workshop>, StoreError> {
        Ok(Some(Workshop { deleted: self.deleted.lock().expect("not poisoned").contains(&id) }))
    }

    async fn find_person_in(
        &self,
        _: &mut Tx,
        tenant: TenantId,
        id: TenantUserId,
    ) -> Result<Option<CustomerPerson>, StoreError> {
        let email: EmailAddress = "sam@shop.test".parse().expect("an address");
        let (first_name, last_name) = ("Sam".to_owned(), "Lee".to_owned());
        let person = CustomerPerson { id, first_name, last_name, email, is_active: true };
        Ok((id.uuid() == tenant.uuid()).then_some(person))
    }
}

pub struct World {
    pub db: Database,
    pub clock: Arc<FixedClock>,
    pub people: Arc<People>,
    pub ports: Ports,
    pub staff: StaffTickets,
    pub workshop: WorkshopTickets,
    pub watch: SlaWatch,
}

impl World {
    pub async fn new(test: &TestDatabase) -> Self {
        let db = test.database().clone();
        let sql = "CREATE TABLE test_trail (action TEXT NOT NULL, tenant TEXT NOT NULL)";
        run_sql(&db, sql).await.expect("creates");
        let (clock, entropy) = (Arc::new(FixedClock::default()), Arc::new(SeededEntropy::default()));
        let people = Arc::new(People::default());
        let ports = Ports {
            transactor: Arc::new(db.clone()),
            tickets: Arc::new(TicketStore::new(db.clone())),
            messages: Arc::new(MessageStore::new(db.clone())),
            history: Arc::new(HistoryStore),
            staff: people.clone(),
            customers: people.clone(),
            audit: Arc::new(Trail),
            outbox: Arc::new(SeaOutbox::new(db.clone(), clock.clone(), entropy.clone())),
            clock: clock.clone(),
            entropy,
        };
        Self {
            db,
            clock,
            people,
            staff: StaffTickets::new(ports.clone()),
            workshop: WorkshopTickets::new(ports.clone()),
            watch: SlaWatch::new(ports.clone()),
            ports,
        }
    }

    /// Sam of the workshop opens a ticket.
    pub async fn open(&self, tenant: TenantId, subject: &str, priority: &str) -> Ticket {
        let created = self.workshop.create(&sam(tenant), tenant, new_ticket(subject, priority)).await;
        created.expect("creates").ticket
    }

    pub async fn move_to(&self, id: TicketId, status: Status) -> Ticket {
        let patch = TicketPatch { status: Some(status), ..TicketPatch::default() };
        self.staff.update(&staff(), id, &ANY, patch).await.expect("moves").ticket
    }

    pub async fn ticket(&self, id: TicketId) -> Ticket {
        self.staff.get(id).await.expect("is there").view.ticket
    }

    /// The subjects that a list shows to staff, in its order.
    pub async fn subjects(&self, filter: &TicketFilter) -> Vec<String> {
        let whole = page(500, TicketSort::CreatedAt, Direction::Ascending, Start::Offset(0));
        let found = self.staff.list(filter, &whole).await.expect("a page");
        assert_eq!(found.total, found.items.len() as u64);
        found.items.into_iter().map(|view| view.ticket.subject.to_string()).collect()
    }

    /// How many rows there are: a table, and perhaps a condition.
    pub async fn count(&self, of: &str) -> i64 {
        let connection = self.db.reader();
        let count = Statement::from_string(connection.get_database_backend(), format!("SELECT COUNT(*) FROM {of}"));
        let row = connection.query_one_raw(count).await.expect("counts").expect("a row");
        row.try_get_by_index(0).expect("a number")
    }

    /// Payloads of all events of a kind.
    pub async fn events(&self, kind: &str) -> Vec<Value> {
        let connection = self.db.reader();
        let sql = format!("SELECT payload FROM outbox WHERE kind = '{kind}' ORDER BY id");
        let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await;
        rows.expect("reads").iter().map(|row| row.try_get_by_index(0).expect("a payload")).collect()
    }
}

pub fn staff() -> RequestContext {
    let actor = Actor::Admin { id: ADA, role: AdminRole::Support };
    RequestContext { actor, ..RequestContext::system("test", "request-1") }
}

/// A workshop's Sam; their id is the workshop's.
pub fn sam(tenant_id: TenantId) -> RequestContext {
    let actor = Actor::TenantUser { tenant_id, id: TenantUserId(tenant_id.uuid()), role: TenantRole::User };
    RequestContext { actor, ..RequestContext::system("test", "request-2") }
}

pub fn new_ticket(subject: &str, priority: &str) -> NewTicket {
    let input = NewTicketInput {
        subject: subject.to_owned(),
        description: "Since this morning.".to_owned(),
        priority: Some(priority.to_owned()),
        category: None,
    };
    NewTicket::parse(&input).expect("a right input")
}

pub fn for_nobody(tenant_id: TenantId, subject: &str) -> NewStaffTicket {
    NewStaffTicket { tenant_id, requester: Requester::Nobody, ticket: new_ticket(subject, "MEDIUM") }
}

pub fn body(text: &str) -> Body {
    Body::parse_as("body", text).expect("a body")
}

pub fn page<F>(limit: u64, field: F, direction: Direction, start: Start) -> PageRequest<F> {
    PageRequest { limit, start, sort: Sort { field, direction } }
}

/// Runs `count` tasks that begin together; answers what they say, in their order.
pub async fn race<T, F>(count: usize, task: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(count));
    let tasks = (0..count).map(|number| {
        let (barrier, task) = (Arc::clone(&barrier), task(number));
        tokio::spawn(async move {
            barrier.wait().await;
            task.await
        })
    });
    join_all(tasks).await.into_iter().map(|outcome| outcome.expect("runs")).collect()
}
