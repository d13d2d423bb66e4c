//! PostgreSQL's row-level security: what the queries of a workshop's work see and may write when they forget the tenant.

use std::time::Duration;

use kernel::{TenantId, Transactor};
use platform::{Database, DatabaseOptions, scope::within};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use sqlx::{Connection, PgConnection};
use test_support::{TestDatabase, run_sql};
use uuid::Uuid;

const ONE: TenantId = TenantId(Uuid::from_u128(1));
const OTHER: TenantId = TenantId(Uuid::from_u128(2));
/// Both workshops and staff have a row each.
const ALL: i64 = 3;

/// PostgreSQL with a row of each, and pools that have one connection each, so that it serves everybody in turn.
async fn fixture() -> Option<(TestDatabase, Database)> {
    let test = TestDatabase::postgres().await?;
    let options = DatabaseOptions { max_connections: 2, ..DatabaseOptions::new(test.url()) };
    let db = Database::connect(&options).await.expect("connects");
    for owner in [Some(ONE), Some(OTHER), None] {
        run_sql(&db, &insert(owner)).await.expect("no scope may write for all");
    }
    Some((test, db))
}

fn insert(owner: Option<TenantId>) -> String {
    let tenant = owner.map_or("NULL".to_owned(), |tenant| format!("'{}'", tenant.uuid()));
    format!(
        "INSERT INTO outbox (id, kind, subject, tenant_id, payload, occurred_at, next_attempt_at) \
         VALUES (gen_random_uuid(), 'test', 'test', {tenant}, '{{}}', now(), now())"
    )
}

async fn number(connection: &impl ConnectionTrait, sql: &str) -> Result<i64, DbErr> {
    let row = connection.query_one_raw(Statement::from_string(connection.get_database_backend(), sql)).await?;
    row.expect("a row").try_get_by_index(0)
}

async fn rows(connection: &impl ConnectionTrait) -> i64 {
    number(connection, "SELECT count(*) FROM outbox").await.expect("reads")
}

/// What a statement in a transaction of the workshop changes.
async fn change(db: &Database, tenant: TenantId, sql: &str) -> Result<u64, DbErr> {
    within(tenant, async {
        let mut tx = db.begin().await.expect("begins");
        let done = tx.executor().execute_unprepared(sql).await?.rows_affected();
        tx.commit().await.expect("commits");
        Ok(done)
    })
    .await
}

fn assert_refused(result: Result<u64, DbErr>) {
    let error = result.expect_err("refused").to_string();
    assert!(error.contains("row-level security"), "{error}");
}

#[tokio::test]
async fn who_tells_no_tenant_sees_nothing() {
    let Some((test, _db)) = fixture().await else { return };
    for scope in ["", "SET nextcrm.scope = 'tenant'", "SET nextcrm.tenant = ''"] {
        let mut connection = PgConnection::connect(test.url()).await.expect("connects");
        sqlx::raw_sql(scope).execute(&mut connection).await.expect("sets");
        let seen = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM outbox").fetch_one(&mut connection).await;
        assert_eq!(seen.expect("reads"), 0, "{scope}");
    }
}

#[tokio::test]
async fn a_workshop_sees_its_own_and_staff_see_all() {
    let Some((_test, db)) = fixture().await else { return };
    assert_eq!(rows(db.reader()).await, ALL);
    let mut tx = db.begin().await.expect("begins");
    assert_eq!(rows(tx.executor()).await, ALL);
    drop(tx);
    for tenant in [ONE, OTHER, ONE] {
        within(tenant, async {
            assert_eq!(rows(db.reader()).await, 1);
            let mut tx = db.begin().await.expect("begins");
            assert_eq!(rows(tx.executor()).await, 1);
        })
        .await;
    }
    within(TenantId(Uuid::from_u128(3)), async { assert_eq!(rows(db.reader()).await, 0) }).await;
    assert_eq!(rows(db.reader()).await, ALL);
}

#[tokio::test]
async fn a_workshop_writes_its_own_only() {
    let Some((_test, db)) = fixture().await else { return };
    assert_eq!(change(&db, ONE, &insert(Some(ONE))).await, Ok(1));
    assert_refused(change(&db, ONE, &insert(Some(OTHER))).await);
    assert_refused(change(&db, ONE, &insert(None)).await);
    // What is not its own is not there.
    assert_eq!(change(&db, ONE, "UPDATE outbox SET subject = 'mine'").await, Ok(2));
    let away = format!("UPDATE outbox SET tenant_id = '{}'", OTHER.uuid());
    assert_refused(change(&db, ONE, &away).await);
    let theirs = format!("DELETE FROM outbox WHERE tenant_id = '{}'", OTHER.uuid());
    assert_eq!(change(&db, ONE, &theirs).await, Ok(0));
    // Taking over a row by its key neither.
    let taken = number(db.reader(), "SELECT count(*) FROM outbox WHERE subject = 'mine'").await;
    assert_eq!(taken, Ok(2));
    let same_key = insert(Some(ONE)).replace("gen_random_uuid()", &format!("'{}'", key_of(&db, OTHER).await))
        + " ON CONFLICT (id) DO UPDATE SET subject = 'mine'";
    assert_refused(change(&db, ONE, &same_key).await);
    assert_eq!(change(&db, ONE, "DELETE FROM outbox").await, Ok(2));
    assert_eq!(rows(db.reader()).await, ALL - 1);
}

async fn key_of(db: &Database, tenant: TenantId) -> Uuid {
    let sql = format!("SELECT id FROM outbox WHERE tenant_id = '{}'", tenant.uuid());
    let statement = Statement::from_string(db.reader().get_database_backend(), sql);
    let row = db.reader().query_one_raw(statement).await.expect("reads").expect("a row");
    row.try_get_by_index(0).expect("a key")
}

#[tokio::test]
async fn reads_of_a_workshop_write_nothing() {
    let Some((_test, db)) = fixture().await else { return };
    let written = within(ONE, db.reader().execute_unprepared(&insert(Some(ONE)))).await;
    let error = written.expect_err("refused").to_string();
    assert!(error.contains("read-only"), "{error}");
}

#[tokio::test]
async fn who_leaves_in_the_middle_leaves_no_scope_behind() {
    let Some((_test, db)) = fixture().await else { return };
    let slow = within(ONE, number(db.reader(), "SELECT count(*) FROM outbox, pg_sleep(0.3)"));
    assert!(tokio::time::timeout(Duration::from_millis(100), slow).await.is_err(), "it was slow");
    assert_eq!(within(OTHER, rows(db.reader())).await, 1);
    for round in 0..300 {
        // From before the transaction begins until after it has read.
        let moment = Duration::from_micros(round * 5);
        if round % 2 == 0 {
            let _ = tokio::time::timeout(moment, within(ONE, rows(db.reader()))).await;
        } else {
            let _ = tokio::time::timeout(moment, within(ONE, db.begin())).await;
        }
        let sql = "UPDATE outbox SET subject = tenant_id::text";
        if round % 4 < 2 {
            assert_eq!(change(&db, OTHER, sql).await, Ok(1), "round {round}");
        }
        let mine = format!("SELECT count(*) FROM outbox WHERE tenant_id = '{}'", OTHER.uuid());
        assert_eq!(within(OTHER, number(db.reader(), &mine)).await, Ok(1), "round {round}");
        assert_eq!(within(OTHER, rows(db.reader())).await, 1, "round {round}");
    }
    let stored = format!("SELECT count(*) FROM outbox WHERE subject = '{}'", OTHER.uuid());
    assert_eq!(number(db.reader(), &stored).await, Ok(1), "what was committed is there for all");
}

/// Tables with a workshop's id in them without row-level security; a materialised view cannot be.
const UNSCOPED: &str = "SELECT coalesce(string_agg(DISTINCT c.relname, ', '), '') FROM pg_class c \
     JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped AND a.attnum > 0 \
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'm') \
       AND (c.relname = 'tenants' OR a.attname LIKE '%tenant%id') \
       AND NOT (c.relrowsecurity AND c.relforcerowsecurity \
         AND (SELECT array_agg(polname::text) FROM pg_policy WHERE polrelid = c.oid) = ARRAY['tenant_fence'])";

#[tokio::test]
async fn every_table_with_a_tenant_has_row_level_security() {
    let Some((test, _db)) = fixture().await else { return };
    let db = test.database();
    let unscoped = async || {
        let reader = db.reader();
        let row = reader.query_one_raw(Statement::from_string(reader.get_database_backend(), UNSCOPED)).await;
        row.expect("reads").expect("a row").try_get_by_index::<String>(0).expect("text")
    };
    assert_eq!(unscoped().await, "", "see to it as migrations/src/m0012_row_level_security.rs says");
    run_sql(db, "SELECT usage_make_partition('2031-05-01')").await.expect("makes a month");
    assert_eq!(unscoped().await, "", "parts to come have it, too");
    run_sql(db, "CREATE TABLE forgotten (tenant_id uuid)").await.expect("makes a table");
    assert_eq!(unscoped().await, "forgotten");
}
