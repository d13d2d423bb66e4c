use std::sync::Arc;

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement,
    sea_query::Values,
};
use sea_query_sqlx::SqlxValues;
use sqlx::{AssertSqlSafe, Executor, Postgres, Transaction, query::Query};

use crate::{
    TenantId,
    outage::{Outage, is_dead},
    scope,
};

/// What reads that need no transaction run on.
///
/// In a workshop's [`scope`], on PostgreSQL, each is a read-only transaction of its own in which the database knows the
/// workshop. It costs one round trip before the read; the end of the transaction is not waited for.
#[derive(Debug, Clone)]
pub struct Reader {
    /// Sees all rows.
    pub(crate) all: DatabaseConnection,
    /// Sees nothing until it is told whose; PostgreSQL only.
    pub(crate) fenced: Option<DatabaseConnection>,
    pub(crate) outage: Outage,
}

impl Reader {
    /// Where the read belongs; `None` when it may see all.
    async fn fenced(&self) -> Result<Option<Transaction<'static, Postgres>>, DbErr> {
        let (Some(fenced), Some(tenant)) = (&self.fenced, scope::current()) else { return Ok(None) };
        // A connection that turns out to be dead has read nothing yet: another one may do.
        match self.begin(fenced, tenant).await {
            Err(error) if is_dead(&error) => self.begin(fenced, tenant).await.map(Some),
            begun => begun.map(Some),
        }
    }

    async fn begin(
        &self,
        fenced: &DatabaseConnection,
        tenant: TenantId,
    ) -> Result<Transaction<'static, Postgres>, DbErr> {
        let begin = format!("BEGIN READ ONLY; {}", set_tenant(tenant));
        let begun = fenced.get_postgres_connection_pool().begin_with(AssertSqlSafe(begin)).await;
        self.outage.notice(begun.map_err(failed))
    }
}

/// Tells the database whose rows the transaction may touch, until its end.
pub(crate) fn set_tenant(tenant: TenantId) -> String {
    format!("SET LOCAL nextcrm.tenant = '{}'", tenant.uuid())
}

fn failed(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}

fn query(statement: Statement) -> Query<'static, Postgres, SqlxValues> {
    let values = statement.values.unwrap_or(Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql), SqlxValues(values))
}

/// A transaction that is dropped is undone before its connection serves again.
#[async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.all.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self.fenced().await? {
            Some(mut tx) => query(statement).execute(&mut *tx).await.map(ExecResult::from).map_err(failed),
            None => self.outage.notice(self.all.execute_raw(statement).await),
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match self.fenced().await? {
            Some(mut tx) => tx.execute(AssertSqlSafe(sql.to_owned())).await.map(ExecResult::from).map_err(failed),
            None => self.outage.notice(self.all.execute_unprepared(sql).await),
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self.fenced().await? {
            Some(mut tx) => {
                let row = query(statement).fetch_optional(&mut *tx).await.map_err(failed)?;
                Ok(row.map(QueryResult::from))
            }
            None => self.outage.notice(self.all.query_one_raw(statement).await),
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self.fenced().await? {
            Some(mut tx) => {
                let rows = query(statement).fetch_all(&mut *tx).await.map_err(failed)?;
                Ok(rows.into_iter().map(QueryResult::from).collect())
            }
            None => self.outage.notice(self.all.query_all_raw(statement).await),
        }
    }
}
