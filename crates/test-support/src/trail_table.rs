use async_trait::async_trait;
use kernel::{AuditEntry, AuditTrail, RequestContext, StoreError, Tx};
use platform::Database;
use sea_orm::{ConnectionTrait, Statement};

use crate::run_sql;

/// An audit trail in the table `test_trail (action)`, for services over a real database: its entries commit and roll back with
/// the change.
#[derive(Debug, Clone, Copy)]
pub struct TrailTable;

impl TrailTable {
    /// Makes the table.
    ///
    /// # Panics
    /// When there is one.
    pub async fn create(database: &Database) -> Self {
        run_sql(database, "CREATE TABLE test_trail (action TEXT NOT NULL)").await.unwrap();
        Self
    }
}

#[async_trait]
impl AuditTrail for TrailTable {
    async fn record_in(&self, tx: &mut Tx, _: &RequestContext, entry: AuditEntry) -> Result<(), StoreError> {
        let sql = format!("INSERT INTO test_trail (action) VALUES ('{}')", entry.action);
        let executor = tx.executor();
        executor.execute_raw(Statement::from_string(executor.get_database_backend(), sql)).await?;
        Ok(())
    }
}
