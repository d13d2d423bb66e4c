//! Throw-away databases.

mod binaries;
mod cluster;
mod postgres;
mod sqlite;
mod sweep;

use std::{any::Any, io::Write, panic::AssertUnwindSafe, sync::Once};

use futures::FutureExt;
use kernel::{StoreError, Transactor as _};
use platform::{Database, DatabaseOptions, Engine};
use sea_orm::{ConnectionTrait as _, Statement};

/// A migrated, empty database for one test, gone when dropped.
#[derive(Debug)]
pub struct TestDatabase {
    database: Database,
    url: String,
    /// Removes the database when dropped.
    _guard: Guard,
}

#[derive(Debug)]
#[expect(dead_code, reason = "held for what dropping them does")]
enum Guard {
    Sqlite(tempfile::TempDir),
    Postgres(postgres::Lease),
}

impl TestDatabase {
    /// A fresh SQLite file.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn sqlite() -> Self {
        let (directory, url) = sqlite::create().await;
        Self::open(url, Guard::Sqlite(directory)).await
    }

    /// A fresh PostgreSQL database, or `None` (said once, loudly) when no PostgreSQL can be had:
    /// `TEST_POSTGRES_URL` is not set and the machine has no PostgreSQL binaries.
    ///
    /// # Panics
    /// When there is a PostgreSQL but it does not work, and, with `REQUIRE_POSTGRES=1`, when there is none.
    pub async fn postgres() -> Option<Self> {
        let server = match postgres::server() {
            Ok(server) => server,
            Err(postgres::NoServer::Broken(why)) => panic!("PostgreSQL for tests: {why}"),
            Err(postgres::NoServer::Missing(why)) => {
                say_skipped(why);
                return None;
            }
        };
        let lease = server.create().await.unwrap_or_else(|error| panic!("PostgreSQL for tests: {error}"));
        Some(Self::open(lease.url().to_owned(), Guard::Postgres(lease)).await)
    }

    /// [`TestDatabase::postgres`] in the locale `C`, to which only ASCII has letters.
    ///
    /// # Panics
    /// As [`TestDatabase::postgres`].
    pub async fn postgres_in_c_locale() -> Option<Self> {
        // Tells why there is none.
        Self::postgres().await?;
        let server = postgres::server().ok()?;
        let lease = server.create_in_c_locale().await.unwrap_or_else(|error| panic!("PostgreSQL for tests: {error}"));
        Some(Self::open(lease.url().to_owned(), Guard::Postgres(lease)).await)
    }

    async fn open(url: String, guard: Guard) -> Self {
        let database = Database::connect(&DatabaseOptions::new(&url)).await;
        let database = database.unwrap_or_else(|error| panic!("cannot open the test database: {error:?}"));
        Self { database, url, _guard: guard }
    }

    /// The open pools.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Its `DATABASE_URL`, for a second pool or another process. On PostgreSQL the role in it owns the
    /// database and has no further rights: no superuser, no roles, no bypass of row-level security.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Which engine it is on.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.database.engine()
    }
}

/// Runs SQL in a transaction of the running scope and commits it; tells how many rows it touched.
///
/// # Errors
/// What the database says.
pub async fn run_sql(database: &Database, sql: &str) -> Result<u64, StoreError> {
    let mut tx = database.begin().await?;
    let done = tx.executor().execute_unprepared(sql).await?;
    tx.commit().await?;
    Ok(done.rows_affected())
}

/// How many rows there are: of a table, and perhaps a condition.
///
/// # Panics
/// When the database refuses the query.
pub async fn count_rows(database: &Database, of: &str) -> i64 {
    let connection = database.reader();
    let count = Statement::from_string(connection.get_database_backend(), format!("SELECT COUNT(*) FROM {of}"));
    connection.query_one_raw(count).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

/// Runs a test on SQLite and then, when there is one, on PostgreSQL, each time with a fresh database.
///
/// # Panics
/// As the test does, with the engine's name in front of the message.
pub async fn on_each_database<F: AsyncFn(&TestDatabase)>(test: F) {
    run(&test, TestDatabase::sqlite().await).await;
    if let Some(database) = TestDatabase::postgres().await {
        run(&test, database).await;
    }
}

async fn run<F: AsyncFn(&TestDatabase)>(test: &F, database: TestDatabase) {
    if let Err(panic) = AssertUnwindSafe(test(&database)).catch_unwind().await {
        panic!("on {:?}: {}", database.engine(), message(panic.as_ref()));
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let string = panic.downcast_ref::<String>().map(String::as_str);
    string.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without a message")
}

/// Says once that PostgreSQL is left out, past the test harness, which hides what passing tests print.
fn say_skipped(why: &str) {
    static ONCE: Once = Once::new();
    assert!(!required(), "REQUIRE_POSTGRES is set, but {why}");
    ONCE.call_once(|| {
        let line = format!("\n*** SKIPPED ON POSTGRESQL: {why} ***\n");
        // Nothing can be done, and nothing breaks, when nobody reads standard error.
        let _ = std::io::stderr().lock().write_all(line.as_bytes());
    });
}

fn required() -> bool {
    std::env::var_os("REQUIRE_POSTGRES").is_some_and(|value| !value.is_empty() && value != "0")
}
