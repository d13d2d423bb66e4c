//! Row-level security on PostgreSQL: what a query sees whose tenant was forgotten.

use std::time::Duration;

use kernel::{Database, DatabaseOptions, TenantId, Transactor, scope};
use sea_orm::{ConnectionTrait, DbErr, Statement, TryGetable};
use test_support::TestDatabase;
use uuid::Uuid;

const ONE: TenantId = TenantId(Uuid::from_u128(1));
const OTHER: TenantId = TenantId(Uuid::from_u128(2));

async fn value<T: TryGetable>(connection: &impl ConnectionTrait, sql: &str) -> Result<T, DbErr> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    connection.query_one_raw(statement).await?.expect("a row").try_get_by_index(0)
}

async fn count(connection: &impl ConnectionTrait, of: &str) -> i64 {
    value(connection, &format!("SELECT COUNT(*) FROM {of}")).await.expect("counts")
}

/// An event of this workshop; the table has no foreign keys that would be in the way.
fn event(tenant: TenantId, id: u128) -> String {
    let id = Uuid::from_u128(id);
    format!(
        "INSERT INTO outbox (id, kind, subject, tenant_id, payload, occurred_at, attempts, next_attempt_at) \
         VALUES ('{id}', 'test', 'test', '{tenant}', '{{}}', now(), 0, now())"
    )
}

/// One event of each workshop, and one of nobody.
async fn events(db: &Database) {
    for sql in [event(ONE, 1), event(OTHER, 2)] {
        db.writer().execute_unprepared(&sql).await.expect("staff and the background write all rows");
    }
    let of_nobody = event(ONE, 3).replace(&format!("'{ONE}'"), "NULL");
    db.writer().execute_unprepared(&of_nobody).await.expect("writes");
}

#[tokio::test]
async fn a_scope_sees_its_own_and_work_outside_sees_all() {
    let Some(test) = TestDatabase::postgres().await else { return };
    let db = test.database();
    events(db).await;
    assert_eq!(count(db.reader(), "outbox").await, 3);
    let seen = async |tenant| {
        scope::within(tenant, async {
            let mut tx = db.begin().await.expect("begins");
            let inside = count(tx.executor(), "outbox").await;
            tx.rollback().await.expect("ends");
            (count(db.reader(), "outbox").await, inside)
        })
        .await
    };
    assert_eq!(seen(ONE).await, (1, 1));
    assert_eq!(seen(OTHER).await, (1, 1));
    assert_eq!(seen(TenantId(Uuid::from_u128(9))).await, (0, 0));
    assert_eq!(count(db.reader(), "outbox").await, 3, "the next reader is in no scope");
}

#[tokio::test]
async fn a_connection_that_was_told_nothing_sees_nothing() {
    let Some(test) = TestDatabase::postgres().await else { return };
    events(test.database()).await;
    let mut plain = <sqlx::PgConnection as sqlx::Connection>::connect(test.url()).await.expect("connects");
    let seen: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM outbox").fetch_one(&mut plain).await.expect("counts");
    assert_eq!(seen, 0);
    let sql = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user";
    let above: bool = sqlx::query_scalar(sql).fetch_one(&mut plain).await.expect("answers");
    assert!(!above, "the fence does not bind this role");
}

#[tokio::test]
async fn another_workshop_s_rows_cannot_be_written() {
    let Some(test) = TestDatabase::postgres().await else { return };
    let db = test.database();
    events(db).await;
    scope::within(ONE, async {
        let mut tx = db.begin().await.expect("begins");
        tx.executor().execute_unprepared(&event(ONE, 4)).await.expect("its own");
        let changed = tx.executor().execute_unprepared("UPDATE outbox SET kind = 'changed'").await.expect("runs");
        assert_eq!(changed.rows_affected(), 2, "its own");
        let moved = format!("UPDATE outbox SET tenant_id = '{OTHER}'");
        for refused in [moved, event(OTHER, 5)] {
            let mut tx = db.begin().await.expect("begins");
            let error = tx.executor().execute_unprepared(&refused).await.expect_err(&refused);
            assert!(error.to_string().contains("row-level security"), "{error}");
        }
        let deleted = tx.executor().execute_unprepared("DELETE FROM outbox").await.expect("runs");
        assert_eq!(deleted.rows_affected(), 2, "its own");
        tx.commit().await.expect("commits");
        assert!(db.reader().execute_unprepared(&event(ONE, 6)).await.is_err(), "a reader only reads");
    })
    .await;
    assert_eq!(count(db.reader(), "outbox WHERE kind = 'test'").await, 2);
}

#[tokio::test]
async fn a_read_that_is_given_up_leaves_nothing_behind() {
    let Some(test) = TestDatabase::postgres().await else { return };
    events(test.database()).await;
    // One connection for each side.
    let options = DatabaseOptions { max_connections: 2, ..DatabaseOptions::new(test.url()) };
    let db = Database::connect(&options).await.expect("connects");
    for delay in 0..20 {
        let slow = scope::within(ONE, value::<i64>(db.reader(), "SELECT COUNT(*) FROM outbox, pg_sleep(0.01)"));
        let _ = tokio::time::timeout(Duration::from_millis(delay), slow).await;
        scope::within(OTHER, async {
            let whose: Uuid = value(db.reader(), "SELECT tenant_id FROM outbox").await.expect("reads");
            assert_eq!(whose, OTHER.uuid());
            let mut tx = db.begin().await.expect("begins");
            let whose: Uuid = value(tx.executor(), "SELECT tenant_id FROM outbox").await.expect("reads");
            assert_eq!(whose, OTHER.uuid());
            tx.executor().execute_unprepared("UPDATE outbox SET attempts = attempts + 1").await.expect("writes");
            tx.commit().await.expect("commits");
        })
        .await;
    }
    assert_eq!(count(db.reader(), "outbox WHERE attempts = 20").await, 1);
}

#[tokio::test]
async fn every_table_with_a_tenant_is_fenced() {
    let Some(test) = TestDatabase::postgres().await else { return };
    let db = test.database();
    let open = "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema() \
        WHERE c.relkind IN ('r', 'p') \
        AND (c.relname = 'tenants' OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id')) \
        AND NOT (c.relrowsecurity AND c.relforcerowsecurity \
                 AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenant_fence'))";
    let sql = format!("SELECT coalesce(string_agg(c.relname, ', '), '') FROM {open}");
    let tables: String = value(db.reader(), &sql).await.expect("answers");
    assert_eq!(tables, "", "call fence_tenant_rows in the step that makes them");
    assert!(count(db.reader(), "pg_policy WHERE polname = 'tenant_fence'").await >= 18);
}
