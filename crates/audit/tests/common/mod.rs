//! A trail on a real database, as the shell puts it together.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use audit::{
    ActorDirectory, AuditKeys, AuditStore, CheckpointFile, Dependencies, DirectoryError, Sealer, Trail, Verification,
    Verifier,
};
use audit::{ActorName, ActorRef};
use chrono::TimeDelta;
use kernel::{AdminId, AdminRole, AuditEntry, Caller, Changes, RequestContext, Subject, TenantId, Transactor};
use platform::Database;
use test_support::{FixedClock, SeededEntropy, TestDatabase, run_sql};
use tokio::sync::Notify;
use uuid::Uuid;

pub const ROOT: [u8; 32] = [7; 32];

/// Knows everyone as "Admin <id>".
pub struct Everyone;

#[async_trait]
impl ActorDirectory for Everyone {
    async fn names(&self, actors: &[ActorRef]) -> Result<HashMap<ActorRef, ActorName>, DirectoryError> {
        let name = |actor: &ActorRef| ActorName { name: format!("{actor:?}"), email: "jo@example.com".to_owned() };
        Ok(actors.iter().map(|actor| (*actor, name(actor))).collect())
    }

    async fn count_admins(&self) -> Result<u64, DirectoryError> {
        Ok(3)
    }
}

pub struct Bench {
    pub db: Database,
    pub deps: Dependencies,
    pub clock: Arc<FixedClock>,
    pub directory: tempfile::TempDir,
}

impl Bench {
    pub fn new(db: &TestDatabase) -> Self {
        Self::with_keys(db, AuditKeys::new(&ROOT, &[]))
    }

    pub fn with_keys(db: &TestDatabase, keys: AuditKeys) -> Self {
        let db = db.database().clone();
        let directory = tempfile::tempdir().expect("a directory");
        let clock = Arc::new(FixedClock::default());
        let entropy = Arc::new(SeededEntropy::default());
        let store = Arc::new(AuditStore::new(db.clone()));
        let wake = Arc::new(Notify::new());
        let keys = Arc::new(keys);
        let trail =
            Trail::new(store.clone(), store.clone(), keys.clone(), clock.clone(), entropy.clone(), wake.clone());
        let trail = Arc::new(trail);
        let deps = Dependencies {
            transactor: Arc::new(db.clone()),
            entries: store.clone(),
            names: store.clone(),
            chain: store.clone(),
            archives: store,
            checkpoints: Arc::new(CheckpointFile::under(directory.path())),
            directory: Arc::new(Everyone),
            trail,
            clock: clock.clone(),
            entropy,
            keys,
            wake,
            former_name: "test".to_owned(),
        };
        Self { db, deps, clock, directory }
    }

    /// The same database and directory, with other keys.
    pub fn rekeyed(&self, keys: AuditKeys) -> Dependencies {
        Dependencies { keys: Arc::new(keys), ..self.deps.clone() }
    }

    pub async fn record(&self, context: &RequestContext, entry: AuditEntry) {
        let mut tx = self.db.begin().await.expect("begins");
        self.deps.trail.record_in(&mut tx, context, entry).await.expect("records");
        tx.commit().await.expect("commits");
    }

    /// `count` entries, a second apart, not sealed.
    pub async fn fill(&self, count: u32) {
        for number in 0..count {
            self.record(&admin(1), created(number)).await;
            self.clock.advance(TimeDelta::seconds(1));
        }
    }

    pub async fn seal(&self) -> u64 {
        Sealer::new(&self.deps).finish().await.expect("seals")
    }

    pub async fn verify(&self) -> Verification {
        Verifier::new(&self.deps).verify().await.expect("reads")
    }

    /// Takes these rows out, changes them, and puts the changed ones in.
    pub async fn forge(&self, rows: &str, change: &str) {
        self.sql(&format!("CREATE TABLE forged AS SELECT * FROM admin_audit_log WHERE {rows}")).await;
        self.sql(&format!("UPDATE forged SET {change}")).await;
        self.sql("INSERT INTO admin_audit_log SELECT * FROM forged").await;
        self.sql("DROP TABLE forged").await;
    }

    /// An id as SQL.
    pub fn id(&self, number: u128) -> String {
        match self.db.engine() {
            platform::Engine::Postgres => format!("'{}'", Uuid::from_u128(number)),
            platform::Engine::Sqlite => format!("x'{number:032x}'"),
        }
    }

    pub async fn sql(&self, sql: &str) {
        run_sql(&self.db, sql).await.expect(sql);
    }
}

pub fn tenant() -> TenantId {
    TenantId(Uuid::from_u128(0xaaaa))
}

pub fn admin(number: u128) -> RequestContext {
    RequestContext {
        caller: Caller::new(Subject::Admin { id: AdminId(Uuid::from_u128(number)), role: AdminRole::Support }),
        ip: Some("203.0.113.9".parse().expect("an address")),
        user_agent: Some("Firefox".to_owned()),
        request_id: format!("req-{number}"),
    }
}

pub fn created(number: u32) -> AuditEntry {
    let changes = Changes::new().set("name", &format!("Workshop {number}")).set("seats", &number);
    AuditEntry::done("TENANT_CREATED", "tenant", Uuid::from_u128(number.into()))
        .tenant(tenant())
        .changes(changes)
        .status(201)
}
