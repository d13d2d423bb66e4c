use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{Database, StoreError, Tx};
use sea_orm::{
    ConnectionTrait, ExprTrait, FromQueryResult,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use crate::{
    domain::{Revocation, RevocationKind},
    repository::RevocationRepository,
};

/// Revocations in the database.
#[derive(Debug, Clone)]
pub struct RevocationStore {
    db: Database,
}

impl RevocationStore {
    /// A store on this database.
    #[must_use]
    pub fn new(db: Database) -> Self {
        Self { db }
    }
}

const TABLE: &str = "revocations";
const COLUMNS: [&str; 5] = ["kind", "subject", "min_generation", "created_at", "expires_at"];

#[derive(FromQueryResult)]
struct Row {
    kind: String,
    subject: Uuid,
    min_generation: i64,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

impl Row {
    fn into_revocation(self) -> Result<Revocation, StoreError> {
        let kind = RevocationKind::parse(&self.kind);
        Ok(Revocation {
            kind: kind.ok_or_else(|| StoreError::corrupt("revocations.kind", "unexpected value"))?,
            subject: self.subject,
            min_generation: self.min_generation,
            created_at: self.created_at,
            expires_at: self.expires_at,
        })
    }
}

#[async_trait]
impl RevocationRepository for RevocationStore {
    async fn list_revocations(&self, since: DateTime<Utc>, now: DateTime<Utc>) -> Result<Vec<Revocation>, StoreError> {
        let query = Query::select()
            .from(TABLE)
            .columns(COLUMNS)
            .and_where(Expr::col("created_at").gte(since))
            .and_where(Expr::col("expires_at").gt(now))
            .to_owned();
        let rows = self.db.reader().query_all(&query).await?;
        rows.iter().map(|row| Row::from_query_result(row, "")?.into_revocation()).collect()
    }

    async fn insert_revocations_in(&self, tx: &mut Tx, revocations: &[Revocation]) -> Result<(), StoreError> {
        if revocations.is_empty() {
            return Ok(());
        }
        let mut insert = Query::insert();
        insert.into_table(TABLE).columns(COLUMNS);
        for revocation in revocations {
            insert.values_panic([
                revocation.kind.as_str().into(),
                revocation.subject.into(),
                revocation.min_generation.into(),
                revocation.created_at.into(),
                revocation.expires_at.into(),
            ]);
        }
        tx.executor().execute(&insert).await?;
        Ok(())
    }

    async fn purge_revocations_in(&self, tx: &mut Tx, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let delete = Query::delete().from_table(TABLE).and_where(Expr::col("expires_at").lt(before)).to_owned();
        Ok(tx.executor().execute(&delete).await?.rows_affected())
    }
}
