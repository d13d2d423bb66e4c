use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};

/// An open transaction of a database, undone when dropped: what a [`Tx`](crate::Tx) is made of.
#[async_trait]
pub trait OpenTransaction: Send + Sync {
    /// Which SQL it speaks.
    fn backend(&self) -> DbBackend;

    /// Runs a statement and counts rows.
    async fn execute(&self, statement: Statement) -> Result<ExecResult, DbErr>;

    /// Runs a text, that of several statements too.
    async fn execute_text(&self, sql: &str) -> Result<ExecResult, DbErr>;

    /// Runs a statement for its first row.
    async fn one(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr>;

    /// Runs a statement for all its rows.
    async fn all(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr>;

    /// Keeps everything.
    async fn commit(self: Box<Self>) -> Result<(), DbErr>;

    /// Undoes everything.
    async fn rollback(self: Box<Self>) -> Result<(), DbErr>;
}

/// What the queries of a [`Tx`](crate::Tx) run on.
pub struct TxExecutor(pub(crate) Box<dyn OpenTransaction>);

impl std::fmt::Debug for TxExecutor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TxExecutor").finish_non_exhaustive()
    }
}

#[async_trait]
impl ConnectionTrait for TxExecutor {
    fn get_database_backend(&self) -> DbBackend {
        self.0.backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.0.execute(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.0.execute_text(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.0.one(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        // bound: the statement's
        self.0.all(statement).await
    }
}
