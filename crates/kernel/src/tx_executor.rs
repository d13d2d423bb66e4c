use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use crate::postgres::{self, PgTransaction};

/// What the queries of a [`Tx`](crate::Tx) run on.
pub struct TxExecutor(Transaction);

enum Transaction {
    /// SQLite's, or a mocked one.
    SeaOrm(DatabaseTransaction),
    Postgres(PgTransaction),
}

impl From<DatabaseTransaction> for TxExecutor {
    fn from(transaction: DatabaseTransaction) -> Self {
        Self(Transaction::SeaOrm(transaction))
    }
}

impl From<PgTransaction> for TxExecutor {
    fn from(transaction: PgTransaction) -> Self {
        Self(Transaction::Postgres(transaction))
    }
}

impl std::fmt::Debug for TxExecutor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TxExecutor").finish_non_exhaustive()
    }
}

impl TxExecutor {
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        match self.0 {
            Transaction::SeaOrm(transaction) => transaction.commit().await,
            Transaction::Postgres(transaction) => transaction.commit().await,
        }
    }

    pub(crate) async fn rollback(self) -> Result<(), DbErr> {
        match self.0 {
            Transaction::SeaOrm(transaction) => transaction.rollback().await,
            Transaction::Postgres(transaction) => transaction.rollback().await,
        }
    }
}

#[async_trait]
impl ConnectionTrait for TxExecutor {
    fn get_database_backend(&self) -> DbBackend {
        match &self.0 {
            Transaction::SeaOrm(transaction) => transaction.get_database_backend(),
            Transaction::Postgres(_) => DbBackend::Postgres,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match &self.0 {
            Transaction::SeaOrm(transaction) => transaction.execute_raw(statement).await,
            Transaction::Postgres(transaction) => transaction.run(statement, postgres::execute).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match &self.0 {
            Transaction::SeaOrm(transaction) => transaction.execute_unprepared(sql).await,
            Transaction::Postgres(transaction) => {
                transaction.run(Statement::from_string(DbBackend::Postgres, sql), postgres::execute_text).await
            }
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match &self.0 {
            Transaction::SeaOrm(transaction) => transaction.query_one_raw(statement).await,
            Transaction::Postgres(transaction) => transaction.run(statement, postgres::one).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match &self.0 {
            Transaction::SeaOrm(transaction) => transaction.query_all_raw(statement).await,
            Transaction::Postgres(transaction) => transaction.run(statement, postgres::all).await,
        }
    }
}
