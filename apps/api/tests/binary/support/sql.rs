use kernel::{Transactor as _, Tx};
use platform::{Database, DatabaseOptions};
use sea_orm::{ConnectionTrait as _, Statement, TryGetable};
use test_support::run_sql;

/// A connection beside the server's.
pub struct Sql(Database);

impl Sql {
    /// Connects.
    pub async fn open(url: &str) -> Self {
        Self(Database::connect(&DatabaseOptions::new(url)).await.expect("the database"))
    }

    /// Changes something.
    pub async fn run(&self, sql: &str) {
        run_sql(&self.0, sql).await.expect("runs");
    }

    /// How many rows there are: a table, and perhaps a condition.
    pub async fn count(&self, of: &str) -> i64 {
        self.one(&format!("SELECT COUNT(*) FROM {of}")).await
    }

    /// The first column of the first row.
    pub async fn one<T: TryGetable>(&self, sql: &str) -> T {
        let reader = self.0.reader();
        let select = Statement::from_string(reader.get_database_backend(), sql);
        let row = reader.query_one_raw(select).await.expect("reads").expect("a row");
        row.try_get_by_index(0).expect("a value of this type")
    }

    /// A transaction that holds what it takes until it is dropped or rolled back. On SQLite it is the one writer.
    pub async fn hold(&self, sql: &str) -> Tx {
        let mut tx = self.0.begin().await.expect("begins");
        tx.executor().execute_unprepared(sql).await.expect("takes");
        tx
    }
}
