//! The throw-away databases themselves, on both engines.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the right answer to whatever goes wrong")]

use std::sync::Mutex;

use kernel::Transactor;
use platform::{Database, DatabaseOptions, Engine};
use sea_orm::{ConnectionTrait, Statement};
use test_support::{TestDatabase, on_each_database};

async fn count(db: &Database, sql: &str) -> i64 {
    let reader = db.reader();
    let row = reader.query_one_raw(Statement::from_string(reader.get_database_backend(), sql)).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn each_test_gets_a_migrated_database_of_its_own() {
    on_each_database(async |db| {
        assert!(count(db.database(), "SELECT count(*) FROM seaql_migrations").await > 0);
        let mut tx = db.database().begin().await.unwrap();
        tx.executor().execute_unprepared("CREATE TABLE mine (id integer)").await.unwrap();
        tx.executor().execute_unprepared("INSERT INTO mine VALUES (1)").await.unwrap();
        tx.commit().await.unwrap();

        let again = Database::connect(&DatabaseOptions::new(db.url())).await.unwrap();
        assert_eq!(count(&again, "SELECT count(*) FROM mine").await, 1, "the URL names the same database");

        let other = match db.engine() {
            Engine::Sqlite => TestDatabase::sqlite().await,
            Engine::Postgres => TestDatabase::postgres().await.unwrap(),
        };
        assert!(other.database().reader().execute_unprepared("SELECT 1 FROM mine").await.is_err());
    })
    .await;
}

#[tokio::test]
async fn both_engines_run_in_turn() {
    let seen = Mutex::new(Vec::new());
    on_each_database(async |db| seen.lock().unwrap().push(db.engine())).await;
    let seen = seen.into_inner().unwrap();
    assert_eq!(seen[0], Engine::Sqlite);
    assert!(seen.len() == 1 || seen[1..] == [Engine::Postgres]);
}

#[tokio::test]
#[should_panic(expected = "on Sqlite: one is not two")]
async fn a_panic_names_the_engine() {
    on_each_database(async |_| panic!("one is not {}", "two")).await;
}

#[tokio::test]
async fn sqlite_leaves_no_file() {
    let db = TestDatabase::sqlite().await;
    let file = std::path::PathBuf::from(db.url().strip_prefix("sqlite://").unwrap());
    assert!(file.exists());
    drop(db);
    assert!(!file.exists());
    assert!(!file.parent().unwrap().exists());
}

#[tokio::test]
async fn postgres_drops_the_database_though_connections_are_open() {
    let (Some(db), Some(observer)) = (TestDatabase::postgres().await, TestDatabase::postgres().await) else { return };
    let second = Database::connect(&DatabaseOptions::new(db.url())).await.unwrap();
    second.ping().await.unwrap();
    let name = db.url().split('?').next().unwrap().rsplit('/').next().unwrap().to_owned();
    let sql = format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'");
    assert_eq!(count(observer.database(), &sql).await, 1);
    drop(db);
    assert_eq!(count(observer.database(), &sql).await, 0);
}

#[tokio::test]
async fn postgres_tests_have_no_more_rights_than_production() {
    let Some(db) = TestDatabase::postgres().await else { return };
    let sql = "SELECT count(*) FROM pg_roles WHERE rolname = current_user
               AND NOT rolsuper AND NOT rolcreaterole AND NOT rolbypassrls";
    assert_eq!(count(db.database(), sql).await, 1);
    let owned = "SELECT count(*) FROM pg_database WHERE datname = current_database()
                 AND pg_get_userbyid(datdba) = current_user";
    assert_eq!(count(db.database(), owned).await, 1);
}
