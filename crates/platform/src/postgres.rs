//! PostgreSQL's pools, with transactions of our own.
//!
//! sqlx 0.9 counts a transaction only after the round trip that begins it. A caller that leaves in between puts the
//! connection back with an open transaction that nobody knows of; later statements run in it and are undone with it. So a
//! transaction begins in a task that always finishes, and a connection that is found to be in one already is closed.

use std::{
    cell::RefCell,
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use futures::{FutureExt, TryFutureExt, future::BoxFuture, lock};
use kernel::{OpenTransaction, TenantId, finished};
use sea_orm::{DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement, sea_query::Values};
use sea_query_sqlx::SqlxValues;
use sqlx::{
    AssertSqlSafe, Executor, PgConnection, PgPool, Postgres, SqlSafeStr, pool::PoolConnection,
    postgres::PgTransactionManager, query::Query,
};
use sqlx_core::transaction::TransactionManager;

use crate::{
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
    // bound: the statement's
    query(statement).fetch_all(on).map_ok(|rows| rows.into_iter().map(QueryResult::from).collect()).boxed()
}

fn failed(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}

/// One pool that sees all rows, and one that sees nothing until a transaction tells whose.
#[derive(Debug, Clone)]
pub(crate) struct Pools {
    pub(crate) all: Pool,
    pub(crate) of_one_tenant: Pool,
}

impl Pools {
    /// A transaction of the running [`scope`].
    pub(crate) async fn begin(&self) -> Result<PgTransaction, DbErr> {
        match scope::current() {
            Some(tenant) => self.of_one_tenant.begin(&of_tenant(BEGIN, tenant)).await,
            None => self.all.begin(BEGIN).await,
        }
    }

    /// A read of the running [`scope`].
    pub(crate) async fn read<T>(&self, statement: Statement, run: Run<T>) -> Result<T, DbErr> {
        let Some(tenant) = scope::current() else { return self.all.read(statement, run).await };
        self.of_one_tenant.begin(&of_tenant(BEGIN_READ, tenant)).await?.run(statement, run).await
    }
}

thread_local! {
    /// This thread's own connections, by the [`Pool`] that they are of. They end with the thread, as what answers on them does.
    static OWN: RefCell<HashMap<u64, PgPool>> = RefCell::default();
}

/// Connections: those that all threads share, and of each thread that has settled its own. Dead ones, and those that are in a
/// transaction already, are closed and never serve again.
#[derive(Debug, Clone)]
pub(crate) struct Pool {
    /// Its number, unlike all others'.
    id: u64,
    shared: PgPool,
    settled: Arc<Mutex<Vec<PgPool>>>,
    /// How many connections a thread gets that settles, if any.
    share: Option<u32>,
    outage: Outage,
}

impl Pool {
    pub(crate) fn new(shared: PgPool, share: Option<u32>, outage: Outage) -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self { id: LAST.fetch_add(1, Ordering::Relaxed), shared, settled: Arc::default(), share, outage }
    }

    /// All threads' connections.
    pub(crate) fn everywhere(&self) -> Vec<PgPool> {
        let settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        std::iter::once(&self.shared).chain(settled.iter()).cloned().collect()
    }

    /// See [`Database::settle`](crate::Database::settle).
    pub(crate) fn settle(&self) {
        let Some(share) = self.share else { return };
        OWN.with_borrow_mut(|own| {
            own.entry(self.id).or_insert_with(|| {
                let options = self.shared.options().clone().max_connections(share);
                let pool = options.connect_lazy_with((*self.shared.connect_options()).clone());
                self.settled.lock().unwrap_or_else(PoisonError::into_inner).push(pool.clone());
                pool
            });
        });
    }

    /// The connections of the running thread.
    fn here(&self) -> PgPool {
        OWN.with_borrow(|own| own.get(&self.id).cloned()).unwrap_or_else(|| self.shared.clone())
    }

    async fn acquire(&self) -> Result<PoolConnection<Postgres>, DbErr> {
        let acquired = self.here().acquire().await;
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

pub(crate) struct PgTransaction {
    connection: lock::Mutex<PoolConnection<Postgres>>,
    /// Whether a statement was refused. PostgreSQL answers COMMIT with success then, and undoes everything.
    failed: AtomicBool,
}

impl PgTransaction {
    fn new(connection: PoolConnection<Postgres>) -> Self {
        Self { connection: lock::Mutex::new(connection), failed: AtomicBool::new(false) }
    }

    async fn run<T>(&self, statement: Statement, run: Run<T>) -> Result<T, DbErr> {
        let mut connection = self.connection.lock().await;
        let done = run(&mut connection, statement).await;
        if matches!(done, Err(sqlx::Error::Database(_))) {
            self.failed.store(true, Ordering::Relaxed);
        }
        done.map_err(failed)
    }
}

#[async_trait]
impl OpenTransaction for PgTransaction {
    fn backend(&self) -> DbBackend {
        DbBackend::Postgres
    }

    async fn execute(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.run(statement, execute).await
    }

    async fn execute_text(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.run(Statement::from_string(DbBackend::Postgres, sql), execute_text).await
    }

    async fn one(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.run(statement, one).await
    }

    async fn all(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.run(statement, all).await
    }

    async fn commit(mut self: Box<Self>) -> Result<(), DbErr> {
        if *self.failed.get_mut() {
            return Err(DbErr::Custom("a statement of this transaction was refused: nothing of it can be kept".into()));
        }
        PgTransactionManager::commit(self.connection.get_mut()).await.map_err(failed)
    }

    async fn rollback(mut self: Box<Self>) -> Result<(), DbErr> {
        PgTransactionManager::rollback(self.connection.get_mut()).await.map_err(failed)
    }
}

impl Drop for PgTransaction {
    /// Sent before the connection serves again; nothing when the transaction has ended.
    fn drop(&mut self) {
        PgTransactionManager::start_rollback(self.connection.get_mut());
    }
}
