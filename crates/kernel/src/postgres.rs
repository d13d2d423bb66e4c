//! PostgreSQL's pools, with transactions of our own.
//!
//! sqlx 0.9 counts a transaction only after the round trip that begins it. A caller that leaves in between puts the
//! connection back with an open transaction that nobody knows of; later statements run in it and are undone with it. So a
//! transaction begins in a task that always finishes, and a connection that is found to be in one already is closed.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use futures::{FutureExt, TryFutureExt, future::BoxFuture, lock::Mutex};
use sea_orm::{DbErr, ExecResult, QueryResult, RuntimeErr, Statement, sea_query::Values};
use sea_query_sqlx::SqlxValues;
use sqlx::{
    AssertSqlSafe, Executor, PgConnection, PgPool, Postgres, SqlSafeStr, pool::PoolConnection,
    postgres::PgTransactionManager, query::Query,
};
use sqlx_core::transaction::TransactionManager;
use tracing::Instrument;

use crate::{
    TenantId,
    outage::{Outage, is_dead, was_left_in_transaction},
    scope,
};

/// The change of the isolation level is refused (25001) in a transaction that has done anything; what is left is the usual
/// level. One round trip, and nothing to plan.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE; SET TRANSACTION ISOLATION LEVEL READ COMMITTED";
/// For a single statement all levels are the same.
const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Tells the database whose rows the transaction may touch, until its end.
fn of_tenant(begin: &str, tenant: TenantId) -> String {
    format!("{begin}; SET LOCAL nextcrm.tenant = '{}'", tenant.uuid())
}

/// Runs a statement on a connection.
pub(crate) type Run<T> = for<'c> fn(&'c mut PgConnection, Statement) -> BoxFuture<'c, Result<T, sqlx::Error>>;

fn query(statement: Statement) -> Query<'static, Postgres, SqlxValues> {
    let values = statement.values.unwrap_or(Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql), SqlxValues(values))
}

/// [`Run`]s it and counts rows.
pub(crate) fn execute(on: &mut PgConnection, statement: Statement) -> BoxFuture<'_, Result<ExecResult, sqlx::Error>> {
    query(statement).execute(on).map_ok(ExecResult::from).boxed()
}

/// [`Run`]s its text, that of several statements too.
pub(crate) fn execute_text(
    on: &mut PgConnection,
    statement: Statement,
) -> BoxFuture<'_, Result<ExecResult, sqlx::Error>> {
    on.execute(AssertSqlSafe(statement.sql)).map_ok(ExecResult::from).boxed()
}

/// [`Run`]s it for the first row.
pub(crate) fn one(
    on: &mut PgConnection,
    statement: Statement,
) -> BoxFuture<'_, Result<Option<QueryResult>, sqlx::Error>> {
    query(statement).fetch_optional(on).map_ok(|row| row.map(QueryResult::from)).boxed()
}

/// [`Run`]s it for all rows.
pub(crate) fn all(on: &mut PgConnection, statement: Statement) -> BoxFuture<'_, Result<Vec<QueryResult>, sqlx::Error>> {
    query(statement).fetch_all(on).map_ok(|rows| rows.into_iter().map(QueryResult::from).collect()).boxed()
}

fn failed(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}

/// One pool that sees all rows, and one that sees nothing until a transaction tells whose.
#[derive(Debug, Clone)]
pub(crate) struct Pools {
    pub(crate) all: Pool,
    pub(crate) fenced: Pool,
}

impl Pools {
    /// A transaction of the running [`scope`].
    pub(crate) async fn begin(&self) -> Result<PgTransaction, DbErr> {
        match scope::current() {
            Some(tenant) => self.fenced.begin(&of_tenant(BEGIN, tenant)).await,
            None => self.all.begin(BEGIN).await,
        }
    }

    /// A read of the running [`scope`].
    pub(crate) async fn read<T>(&self, statement: Statement, run: Run<T>) -> Result<T, DbErr> {
        let Some(tenant) = scope::current() else { return self.all.read(statement, run).await };
        self.fenced.begin(&of_tenant(BEGIN_READ, tenant)).await?.run(statement, run).await
    }
}

/// Connections. Dead ones, and those that are in a transaction already, are closed and never serve again.
#[derive(Debug, Clone)]
pub(crate) struct Pool {
    connections: PgPool,
    outage: Outage,
}

impl Pool {
    pub(crate) fn new(connections: PgPool, outage: Outage) -> Self {
        Self { connections, outage }
    }

    pub(crate) fn connections(&self) -> &PgPool {
        &self.connections
    }

    async fn acquire(&self) -> Result<PoolConnection<Postgres>, DbErr> {
        let acquired = self.connections.acquire().await;
        acquired.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))))
    }

    async fn begin(&self, statement: &str) -> Result<PgTransaction, DbErr> {
        // Nothing has happened yet, so it is safe to try another connection when this one turns out to be dead.
        match self.begin_once(statement).await {
            Err(error) if is_dead(&error) => self.begin_once(statement).await,
            begun => begun,
        }
    }

    async fn begin_once(&self, statement: &str) -> Result<PgTransaction, DbErr> {
        let mut connection = self.acquire().await?;
        let statement = AssertSqlSafe(statement.to_owned()).into_sql_str();
        let begin = async move {
            match PgTransactionManager::begin(&mut connection, Some(statement)).await {
                Ok(()) => Ok(PgTransaction::new(connection)),
                Err(error) => {
                    connection.close_on_drop();
                    Err(failed(error))
                }
            }
        };
        self.outage.notice(finished(begin).await?)
    }

    async fn read<T>(&self, statement: Statement, run: Run<T>) -> Result<T, DbErr> {
        match self.read_once(statement.clone(), run).await {
            Err(error) if was_left_in_transaction(&error) => self.read_once(statement, run).await,
            read => read,
        }
    }

    async fn read_once<T>(&self, statement: Statement, run: Run<T>) -> Result<T, DbErr> {
        let mut connection = self.acquire().await?;
        let read = self.outage.notice(run(&mut connection, statement).await.map_err(failed));
        if read.as_ref().is_err_and(is_dead) {
            connection.close_on_drop();
        }
        read
    }
}

/// Does the work in a task of its own: to its end, though the caller leaves.
pub(crate) async fn finished<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Result<T, DbErr> {
    let task = tokio::spawn(work.in_current_span());
    task.await.map_err(|error| DbErr::Conn(RuntimeErr::Internal(error.to_string())))
}

/// An open transaction, undone when dropped.
pub(crate) struct PgTransaction {
    connection: Mutex<PoolConnection<Postgres>>,
    /// Whether a statement was refused. PostgreSQL answers COMMIT with success then, and undoes everything.
    failed: AtomicBool,
}

impl PgTransaction {
    fn new(connection: PoolConnection<Postgres>) -> Self {
        Self { connection: Mutex::new(connection), failed: AtomicBool::new(false) }
    }

    pub(crate) async fn run<T>(&self, statement: Statement, run: Run<T>) -> Result<T, DbErr> {
        let mut connection = self.connection.lock().await;
        let done = run(&mut connection, statement).await;
        if matches!(done, Err(sqlx::Error::Database(_))) {
            self.failed.store(true, Ordering::Relaxed);
        }
        done.map_err(failed)
    }

    pub(crate) async fn commit(mut self) -> Result<(), DbErr> {
        if *self.failed.get_mut() {
            return Err(DbErr::Custom("a statement of this transaction was refused: nothing of it can be kept".into()));
        }
        PgTransactionManager::commit(self.connection.get_mut()).await.map_err(failed)
    }

    pub(crate) async fn rollback(mut self) -> Result<(), DbErr> {
        PgTransactionManager::rollback(self.connection.get_mut()).await.map_err(failed)
    }
}

impl Drop for PgTransaction {
    /// Sent before the connection serves again; nothing when the transaction has ended.
    fn drop(&mut self) {
        PgTransactionManager::start_rollback(self.connection.get_mut());
    }
}
