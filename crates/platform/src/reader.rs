use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use crate::postgres::{self, Pools};

/// What reads that need no transaction run on; the database refuses writes here.
///
/// In a workshop's [`scope`](crate::scope), on PostgreSQL, each is a read-only transaction of its own in which the database
/// knows the workshop. It costs one round trip before the read; the end of the transaction is not waited for.
#[derive(Debug, Clone)]
pub struct Reader(pub(crate) Readers);

#[derive(Debug, Clone)]
pub(crate) enum Readers {
    Sqlite(DatabaseConnection),
    Postgres(Pools),
}

#[async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        match &self.0 {
            Readers::Sqlite(_) => DbBackend::Sqlite,
            Readers::Postgres(_) => DbBackend::Postgres,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match &self.0 {
            Readers::Sqlite(readers) => readers.execute_raw(statement).await,
            Readers::Postgres(pools) => pools.read(statement, postgres::execute).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match &self.0 {
            Readers::Sqlite(readers) => readers.execute_unprepared(sql).await,
            Readers::Postgres(pools) => {
                pools.read(Statement::from_string(DbBackend::Postgres, sql), postgres::execute_text).await
            }
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match &self.0 {
            Readers::Sqlite(readers) => readers.query_one_raw(statement).await,
            Readers::Postgres(pools) => pools.read(statement, postgres::one).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        // bound: the statement's
        match &self.0 {
            Readers::Sqlite(readers) => readers.query_all_raw(statement).await,
            Readers::Postgres(pools) => pools.read(statement, postgres::all).await,
        }
    }
}
