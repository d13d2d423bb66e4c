//! The services over a real database; the audit trail is a stand-in that commits and rolls back with the change.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use email::{
    domain::{Letter, Notification, NotificationId, NotificationStatus, Template, samples},
    repository::{Attempt, MailQueue, NotificationRepository, Outcome, Queued},
    service::{Feedback, NewNotification, Notifications, Ports, Suppressions},
    store::EmailStore,
};
use kernel::{
    Actor, AdminId, AdminRole, AuditEntry, AuditTrail, Clock, Database, EmailAddress, RequestContext, StoreError,
    Transactor, Tx, sealed::KeyRing,
};
use sea_orm::{ConnectionTrait as _, Statement};
use test_support::{FixedClock, SeededEntropy, TestDatabase, run_sql};
use tokio::{sync::Barrier, task::JoinSet};
use uuid::Uuid;

/// What the world's secrets are sealed with.
pub const OLD_KEY: &str = "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
pub const LEASE: Duration = Duration::from_secs(60);
/// The secret of every letter that has one.
pub const SECRET: &str = "correct horse battery";

/// Writes what it is told into a table of the test database.
pub struct Trail;

#[async_trait]
impl AuditTrail for Trail {
    async fn record_in(&self, tx: &mut Tx, _: &RequestContext, entry: AuditEntry) -> Result<(), StoreError> {
        let executor = tx.executor();
        let text = format!("{entry:?}").replace('\'', "");
        let sql = format!("INSERT INTO test_trail (action, entry) VALUES ('{}', '{text}')", entry.action);
        executor.execute_raw(Statement::from_string(executor.get_database_backend(), sql)).await?;
        Ok(())
    }
}

pub struct World {
    pub db: Database,
    pub clock: Arc<FixedClock>,
    pub store: Arc<EmailStore>,
    pub ports: Ports,
    pub notifications: Notifications,
    pub suppressions: Suppressions,
    pub feedback: Feedback,
}

impl World {
    pub async fn new(test: &TestDatabase) -> Self {
        let db = test.database().clone();
        let table = "CREATE TABLE test_trail (action TEXT NOT NULL, entry TEXT NOT NULL)";
        run_sql(&db, table).await.expect("creates");
        let clock = Arc::new(FixedClock::default());
        let store = Arc::new(EmailStore::new(db.clone(), Arc::clone(&clock) as _));
        let ports = Ports {
            transactor: Arc::new(db.clone()),
            notifications: Arc::clone(&store) as _,
            suppressions: Arc::clone(&store) as _,
            audit: Arc::new(Trail),
            key_ring: KeyRing::parse(OLD_KEY, SeededEntropy::new(1)).expect("a ring"),
            brand: Arc::new(samples::brand()),
            clock: Arc::clone(&clock) as _,
            entropy: Arc::new(SeededEntropy::default()),
        };
        Self {
            notifications: Notifications::new(ports.clone()),
            suppressions: Suppressions::new(ports.clone()),
            feedback: Feedback::new(ports.clone()),
            db,
            clock,
            store,
            ports,
        }
    }

    /// Queues messages in a transaction of their own.
    pub async fn queue(&self, new: Vec<NewNotification>) -> Vec<NotificationId> {
        let mut tx = self.db.begin().await.expect("begins");
        let ids = self.notifications.queue_in(&mut tx, new).await.expect("queued");
        tx.commit().await.expect("commits");
        ids
    }

    /// Queues one message of this template.
    pub async fn one(&self, template: Template) -> NotificationId {
        let ids = self.queue(vec![new(template, "jo@example.com")]).await;
        ids.first().copied().expect("queued")
    }

    pub async fn claim(&self, limit: u64) -> Vec<Queued> {
        self.store.claim(limit, LEASE).await.expect("claimed")
    }

    pub async fn settle(&self, id: NotificationId, number: u32, outcome: Outcome) {
        self.store.settle("test", &[Attempt { id, number, outcome }]).await.expect("kept");
    }

    pub async fn find(&self, id: NotificationId) -> Notification {
        self.store.find(id).await.expect("reads").expect("is there")
    }

    /// The row with its secret.
    pub async fn row(&self, id: NotificationId) -> Queued {
        let mut tx = self.db.begin().await.expect("begins");
        let row = self.store.find_for_update(&mut tx, id).await.expect("reads").expect("is there");
        // Dropping it would do so at some later moment, and claims pass locked rows by.
        tx.rollback().await.expect("rolls back");
        row
    }

    pub async fn requeue(&self, id: NotificationId) -> Notification {
        let mut tx = self.db.begin().await.expect("begins");
        let after = self.store.requeue_in(&mut tx, id, self.clock.now()).await.expect("requeued");
        tx.commit().await.expect("commits");
        after
    }

    /// Puts a message where a test wants it, past all rules.
    pub async fn force(&self, id: NotificationId, status: NotificationStatus) {
        let next = if status == NotificationStatus::Pending { "next_attempt_at" } else { "NULL" };
        let sql = format!("UPDATE notification_log SET status = '{status}', next_attempt_at = {next}");
        self.run(&format!("{sql} WHERE {}", self.is(id))).await;
    }

    /// A condition for one message; SQLite keeps ids as bytes.
    pub fn is(&self, id: NotificationId) -> String {
        match self.db.engine() {
            kernel::Engine::Sqlite => format!("id = x'{}'", id.uuid().simple()),
            kernel::Engine::Postgres => format!("id = '{id}'"),
        }
    }

    pub async fn run(&self, sql: &str) {
        run_sql(&self.db, sql).await.expect("runs");
    }

    /// How many rows there are: a table, and perhaps a condition.
    pub async fn count(&self, of: &str) -> i64 {
        let connection = self.db.reader();
        let count = Statement::from_string(connection.get_database_backend(), format!("SELECT COUNT(*) FROM {of}"));
        let row = connection.query_one_raw(count).await.expect("counts").expect("a row");
        row.try_get_by_index(0).expect("a number")
    }
}

/// A message to be queued, without anything special.
pub fn new(template: Template, recipient: &str) -> NewNotification {
    let secret = template.secret_variable().map(|_| SECRET.into());
    NewNotification {
        event_id: None,
        tenant_id: None,
        recipient: address(recipient),
        letter: Letter { variables: samples::variables(template), secret },
        once: None,
    }
}

/// Invoices to `count` people.
pub fn many(count: usize) -> Vec<NewNotification> {
    (0..count).map(|n| new(Template::Invoice, &format!("p{n}@example.com"))).collect()
}

pub fn address(text: &str) -> EmailAddress {
    text.parse().expect("an address")
}

pub fn sent() -> Outcome {
    Outcome::Sent { provider_message_id: Some("re_1".to_owned()) }
}

pub fn failed() -> Outcome {
    Outcome::Failed { error: "no such mailbox".to_owned() }
}

pub fn staff() -> RequestContext {
    RequestContext {
        actor: Actor::Admin { id: AdminId(Uuid::from_u128(1)), role: AdminRole::Admin },
        ..RequestContext::system("test", "request-1")
    }
}

/// Runs `count` tasks that begin together; answers what they say, in no order.
pub async fn race<T, F>(count: usize, task: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(count));
    let mut tasks = JoinSet::new();
    for number in 0..count {
        let (barrier, task) = (Arc::clone(&barrier), task(number));
        tasks.spawn(async move {
            barrier.wait().await;
            task.await
        });
    }
    tasks.join_all().await
}
