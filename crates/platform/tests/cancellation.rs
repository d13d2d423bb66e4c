//! Callers that leave in the middle, and connections that were left in a transaction: neither costs anybody else anything.

use std::{sync::Arc, time::Duration};

use kernel::{TenantId, Transactor};
use platform::{Database, DatabaseOptions, scope::within};
use sea_orm::{ConnectionTrait, Statement};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use test_support::{Proxy, TestDatabase, eventually, on_each_database};
use tokio::time::timeout;
use uuid::Uuid;

const TENANT: TenantId = TenantId(Uuid::from_u128(1));

/// Pools that have few connections, so that one that was left in a bad state serves the next callers.
async fn connect(url: &str) -> Database {
    let options = DatabaseOptions { max_connections: 2, ..DatabaseOptions::new(url) };
    Database::connect(&options).await.expect("connects")
}

/// A connection of our own beside the pools.
struct Witness(PgConnection);

impl Witness {
    async fn of(test: &TestDatabase) -> Self {
        let mut connection = PgConnection::connect(test.url()).await.expect("connects");
        sqlx::raw_sql("SET nextcrm.scope = 'all'").execute(&mut connection).await.expect("sets");
        Self(connection)
    }

    async fn count(&mut self, of: &str) -> i64 {
        let sql = AssertSqlSafe(format!("SELECT count(*) FROM {of}"));
        sqlx::query_scalar(sql).fetch_one(&mut self.0).await.expect("reads")
    }

    /// What is being undone at the moment may take its time; what stays open is an error.
    async fn no_transaction_is_open(&mut self) {
        let of = "pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
        eventually("no transaction is open", async || (self.count(of).await == 0).then_some(())).await;
    }
}

fn event(subject: &str) -> String {
    format!(
        "INSERT INTO outbox (id, kind, subject, payload, occurred_at, next_attempt_at) VALUES \
         (gen_random_uuid(), 'test', '{subject}', '{{}}', now(), now())"
    )
}

async fn write(db: &Database, subject: &str) {
    let mut tx = db.begin().await.expect("begins");
    tx.executor().execute_unprepared(&event(subject)).await.expect("writes");
    tx.commit().await.expect("commits");
}

async fn read(db: &Database) {
    let select = Statement::from_string(db.reader().get_database_backend(), "SELECT count(*) FROM outbox");
    db.reader().query_one_raw(select).await.expect("reads");
}

#[tokio::test]
async fn a_begin_that_nobody_waits_for_leaves_no_transaction_open() {
    let Some(test) = TestDatabase::postgres().await else { return };
    let proxy = Proxy::delaying(test.url(), Duration::from_millis(4)).await;
    let db = connect(proxy.url()).await;
    write(&db, "first").await;
    let mut witness = Witness::of(&test).await;
    for round in 0..36 {
        // Before the database has begun, and before the caller knows.
        let moment = Duration::from_millis(1 + round % 12);
        let _ = match round % 3 {
            0 => timeout(moment, async { drop(db.begin().await) }).await,
            1 => timeout(moment, within(TENANT, async { drop(db.begin().await) })).await,
            _ => timeout(moment, within(TENANT, read(&db))).await,
        };
    }
    witness.no_transaction_is_open().await;
    for number in 0..4 {
        write(&db, "later").await;
        assert_eq!(
            witness.count("outbox WHERE subject = 'later'").await,
            number + 1,
            "what was told to be kept is kept"
        );
    }
}

#[tokio::test]
async fn a_commit_or_rollback_that_nobody_waits_for_is_carried_out() {
    let Some(test) = TestDatabase::postgres().await else { return };
    let proxy = Proxy::delaying(test.url(), Duration::from_millis(4)).await;
    let db = connect(proxy.url()).await;
    let mut witness = Witness::of(&test).await;
    for round in 0..12 {
        let mut tx = db.begin().await.expect("begins");
        tx.executor().execute_unprepared(&event("kept")).await.expect("writes");
        let waiter = Arc::new(tokio::sync::Notify::new());
        tx.wake_on_commit(&waiter);
        let moment = Duration::from_millis(1 + round);
        let _ = timeout(moment, tx.commit()).await;
        timeout(Duration::from_secs(10), waiter.notified()).await.expect("whoever waits for the change is woken");

        let mut tx = db.begin().await.expect("begins");
        tx.executor().execute_unprepared(&event("undone")).await.expect("writes");
        let _ = timeout(moment, tx.rollback()).await;

        let mut tx = db.begin().await.expect("begins");
        let unfinished = event("undone");
        let _ = timeout(moment, tx.executor().execute_unprepared(&unfinished)).await;
        drop(tx);
    }
    witness.no_transaction_is_open().await;
    assert_eq!(witness.count("outbox WHERE subject = 'kept'").await, 12);
    assert_eq!(witness.count("outbox WHERE subject = 'undone'").await, 0);
}

/// However a connection came to be in a transaction: it is given up, and another one serves.
#[tokio::test]
async fn a_connection_that_was_left_in_a_transaction_is_given_up() {
    let Some(test) = TestDatabase::postgres().await else { return };
    let db = connect(test.url()).await;
    let mut witness = Witness::of(&test).await;
    for left in ["BEGIN; SELECT 1", "BEGIN; SELECT 1 / 0"] {
        let _ = db.reader().execute_unprepared(left).await;
        write(&db, "kept").await;
        let _ = db.reader().execute_unprepared(left).await;
        read(&db).await;
        write(&db, "kept").await;
    }
    assert_eq!(witness.count("outbox WHERE subject = 'kept'").await, 4);
    witness.no_transaction_is_open().await;
}

#[tokio::test]
async fn nothing_is_written_without_a_transaction() {
    on_each_database(async |test| {
        let write = "DELETE FROM outbox";
        let error = test.database().reader().execute_unprepared(write).await.expect_err("refused").to_string();
        assert!(error.contains("read-only") || error.contains("readonly"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn what_has_failed_is_not_committed() {
    let Some(test) = TestDatabase::postgres().await else { return };
    let mut tx = test.database().begin().await.expect("begins");
    tx.executor().execute_unprepared(&event("lost")).await.expect("writes");
    tx.executor().execute_unprepared("SELECT 1 / 0").await.expect_err("fails");
    tx.commit().await.expect_err("the database would undo it and say that all is well");
    assert_eq!(Witness::of(&test).await.count("outbox").await, 0);
}
