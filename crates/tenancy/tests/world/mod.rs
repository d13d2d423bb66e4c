//! The services over a real database and a real outbox; audit trail and access control are stand-ins that remember.
#![allow(dead_code, reason = "each test binary uses its part")]

pub mod connections;
pub mod metering;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use kernel::{
    Actor, AdminId, AdminRole, AuditEntry, AuditTrail, Clock, Database, RequestContext, StoreError, TenantId,
    TenantUserId, Tx, VersionMatch,
    page::{Direction, PageRequest, Sort, Start},
    sealed::KeyRing,
    store::SeaOutbox,
};
use sea_orm::{ConnectionTrait as _, Statement};
use tenancy::{
    domain::{
        Access, NewPerson, NewPersonInput, NewTenant, NewTenantInput, Person, Plan, RawRetention, TenantSummary,
        WebhookSchemes,
    },
    repository::AccessControl,
    service::{ApiCalls, Integrations, People, Ports, Subscriptions, Tenants, TrialWarnings, Usage},
    store::{ApiCallStore, IntegrationStore, PersonStore, SubscriptionStore, TenantStore, TrialStore, UsageStore},
};
use test_support::{FixedClock, SeededEntropy, TestDatabase, run_sql};
use uuid::Uuid;

pub const ANY: VersionMatch = VersionMatch::Any;
/// What the world's secrets are sealed with.
pub const OLD_KEY: &str = "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// Writes entries where the test database keeps events, so that they commit and roll back with the change.
pub struct Trail(Database);

#[async_trait]
impl AuditTrail for Trail {
    async fn record_in(&self, tx: &mut Tx, _: &RequestContext, entry: AuditEntry) -> Result<(), StoreError> {
        let sql = format!("INSERT INTO test_trail (action) VALUES ('{}')", entry.action);
        let executor = tx.executor();
        executor.execute_raw(Statement::from_string(executor.get_database_backend(), sql)).await?;
        Ok(())
    }
}

/// Remembers whose access was taken back.
#[derive(Default)]
pub struct Doors(Mutex<Vec<String>>);

impl Doors {
    pub fn shut(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("not poisoned"))
    }

    fn note(&self, text: String) -> Result<(), StoreError> {
        self.0.lock().expect("not poisoned").push(text);
        Ok(())
    }
}

#[async_trait]
impl AccessControl for Doors {
    async fn revoke_tenant_in(&self, _: &mut Tx, _: TenantId, generation: i64) -> Result<(), StoreError> {
        self.note(format!("tokens of the workshop below {generation}"))
    }

    async fn revoke_person_in(
        &self,
        _: &mut Tx,
        _: TenantId,
        _: TenantUserId,
        generation: i64,
    ) -> Result<(), StoreError> {
        self.note(format!("tokens of the person below {generation}"))
    }

    async fn end_sessions_of_tenant_in(&self, _: &mut Tx, _: TenantId) -> Result<(), StoreError> {
        self.note("sessions of the workshop".to_owned())
    }

    async fn end_sessions_of_person_in(&self, _: &mut Tx, _: TenantId, _: TenantUserId) -> Result<(), StoreError> {
        self.note("sessions of the person".to_owned())
    }

    async fn forget_person_in(&self, _: &mut Tx, _: TenantId, _: TenantUserId) -> Result<(), StoreError> {
        self.note("password and links of the person".to_owned())
    }
}

pub struct World {
    pub db: Database,
    pub clock: Arc<FixedClock>,
    pub doors: Arc<Doors>,
    pub tenants: Tenants,
    pub people: People,
    pub subscriptions: Subscriptions,
    pub trial_warnings: TrialWarnings,
    pub integrations: Integrations,
    pub usage: Usage,
    ports: Ports,
}

impl World {
    pub async fn new(test: &TestDatabase) -> Self {
        let db = test.database().clone();
        run_sql(&db, "CREATE TABLE test_trail (action TEXT NOT NULL)").await.expect("creates");
        let (clock, entropy) = (Arc::new(FixedClock::default()), Arc::new(SeededEntropy::default()));
        let doors = Arc::new(Doors::default());
        let ports = Ports {
            transactor: Arc::new(db.clone()),
            tenants: Arc::new(TenantStore::new(db.clone())),
            people: Arc::new(PersonStore::new(db.clone())),
            subscriptions: Arc::new(SubscriptionStore::new(db.clone())),
            access: doors.clone(),
            audit: Arc::new(Trail(db.clone())),
            outbox: Arc::new(SeaOutbox::new(db.clone(), clock.clone(), entropy.clone())),
            clock: clock.clone(),
            entropy,
        };
        let trial_warnings = TrialWarnings::new(ports.clone(), Arc::new(TrialStore::new(db.clone())));
        let ring = KeyRing::parse(OLD_KEY, SeededEntropy::new(1)).expect("a ring");
        Self {
            integrations: integrations(&db, &ports, ring),
            usage: usage(&db, &ports),
            ports: ports.clone(),
            db,
            trial_warnings,
            clock,
            doors,
            tenants: Tenants::new(ports.clone()),
            people: People::new(ports.clone()),
            subscriptions: Subscriptions::new(ports),
        }
    }

    /// The connections as a node with another key ring sees them.
    pub fn integrations_under(&self, ring: KeyRing) -> Integrations {
        integrations(&self.db, &self.ports, ring)
    }

    /// The counter of a node.
    pub fn api_calls(&self) -> ApiCalls {
        ApiCalls::new(self.ports.clone(), Arc::new(ApiCallStore::new(self.db.clone())))
    }

    /// Usage as another node sees it.
    pub fn usage_of_another_node(&self) -> Usage {
        usage(&self.db, &self.ports)
    }

    /// How many rows there are: a table, and perhaps a condition.
    pub async fn count(&self, of: &str) -> i64 {
        let connection = self.db.reader();
        let count = Statement::from_string(connection.get_database_backend(), format!("SELECT COUNT(*) FROM {of}"));
        let row = connection.query_one_raw(count).await.expect("counts").expect("a row");
        row.try_get_by_index(0).expect("a number")
    }

    /// Sees that every kept total is what there is.
    pub async fn check_totals(&self) {
        let kept =
            "(SELECT status, plan, deleted, SUM(count) AS n FROM tenant_counts GROUP BY status, plan, deleted) k";
        let there = "(SELECT status, plan, deleted_at IS NOT NULL AS deleted, COUNT(*) AS n FROM tenants \
                     GROUP BY status, plan, deleted_at IS NOT NULL) t";
        let same = "k.status = t.status AND k.plan = t.plan AND k.deleted = t.deleted AND k.n = t.n";
        assert_eq!(self.count(&format!("{there} WHERE NOT EXISTS (SELECT 1 FROM {kept} WHERE {same})")).await, 0);
        let surplus = format!("{kept} WHERE k.n <> 0 AND NOT EXISTS (SELECT 1 FROM {there} WHERE {same})");
        assert_eq!(self.count(&surplus).await, 0);
    }

    pub async fn open(&self, subdomain: &str, plan: Plan) -> TenantSummary {
        let end = self.clock.now();
        self.tenants.create(&staff(), new_tenant(subdomain, plan), end).await.expect("creates").summary
    }

    /// Adds a person with a password.
    pub async fn add(&self, tenant: TenantId, email: &str, role: &str) -> Person {
        self.people.add(&staff(), tenant, new_person(email, role), Access::Password).await.expect("adds")
    }
}

fn usage(db: &Database, ports: &Ports) -> Usage {
    Usage::new(ports.clone(), Arc::new(UsageStore::new(db.clone())), RawRetention::default())
}

fn integrations(db: &Database, ports: &Ports, ring: KeyRing) -> Integrations {
    let store = Arc::new(IntegrationStore::new(db.clone()));
    Integrations::new(ports.clone(), store, ring, WebhookSchemes::HttpsOnly)
}

pub fn staff() -> RequestContext {
    RequestContext {
        actor: Actor::Admin { id: AdminId(Uuid::from_u128(1)), role: AdminRole::Admin },
        ..RequestContext::system("test", "request-1")
    }
}

pub fn new_tenant(subdomain: &str, plan: Plan) -> NewTenant {
    let input = NewTenantInput {
        name: format!("Workshop {subdomain}"),
        subdomain: subdomain.to_owned(),
        plan: plan.to_string(),
        ..NewTenantInput::default()
    };
    NewTenant::parse(input).expect("a right input")
}

pub fn new_person(email: &str, role: &str) -> NewPerson {
    let input = NewPersonInput {
        first_name: "Sam".to_owned(),
        last_name: "Lee".to_owned(),
        email: email.to_owned(),
        role: Some(role.to_owned()),
    };
    NewPerson::parse(&input).expect("a right input")
}

pub fn page<F>(limit: u64, field: F, direction: Direction, start: Start) -> PageRequest<F> {
    PageRequest { limit, start, sort: Sort { field, direction } }
}
