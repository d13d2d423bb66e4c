use async_trait::async_trait;
use kernel::OpenTransaction;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement};

/// SeaORM's own transaction, as a [`kernel::Tx`] holds it: SQLite's, or a mocked one.
pub struct SeaOrmTransaction(pub DatabaseTransaction);

impl std::fmt::Debug for SeaOrmTransaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SeaOrmTransaction").finish_non_exhaustive()
    }
}

#[async_trait]
impl OpenTransaction for SeaOrmTransaction {
    fn backend(&self) -> DbBackend {
        self.0.get_database_backend()
    }

    async fn execute(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.0.execute_raw(statement).await
    }

    async fn execute_text(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.0.execute_unprepared(sql).await
    }

    async fn one(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.0.query_one_raw(statement).await
    }

    async fn all(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        // bound: the statement's
        self.0.query_all_raw(statement).await
    }

    async fn commit(self: Box<Self>) -> Result<(), DbErr> {
        self.0.commit().await
    }

    async fn rollback(self: Box<Self>) -> Result<(), DbErr> {
        self.0.rollback().await
    }
}
