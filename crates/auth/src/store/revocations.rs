use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{SessionId, StoreError, Tx, input::Word as _};
use platform::{Database, Engine, store::batches};
use sea_orm::{
    ConnectionTrait, FromQueryResult, QueryResult, Statement, Value,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use crate::{
    domain::Revocation,
    repository::{FeedPosition, RevocationRepository},
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

    fn statement<const N: usize>(&self, sqlite: &str, postgres: &str, values: [Value; N]) -> Statement {
        let sql = match self.db.engine() {
            Engine::Sqlite => sqlite,
            Engine::Postgres => postgres,
        };
        Statement::from_sql_and_values(self.db.reader().get_database_backend(), sql, values)
    }
}

const TABLE: &str = "revocations";
const COLUMNS: [&str; 6] = ["kind", "subject", "min_generation", "spared_session", "created_at", "expires_at"];

/// One writer at a time: numbers are given in the order of commits.
const FEED_SQLITE: &str = "
    SELECT r.kind, r.subject, r.min_generation, r.spared_session, r.expires_at, last.id AS position
    FROM (SELECT coalesce(max(id), 0) AS id FROM revocations) last
    LEFT JOIN revocations r ON r.id > $1 AND r.id <= last.id";

/// Numbers are given before the commit, so a later number may be seen first. All transactions before the snapshot's xmin
/// have ended, and what they wrote was seen; whatever was not seen yet is of that transaction or a later one.
const FEED_POSTGRES: &str = "
    SELECT r.kind, r.subject, r.min_generation, r.spared_session, r.expires_at, read.position
    FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS position) read
    LEFT JOIN revocations r ON r.written_by >= $1";

const PURGE_SQLITE: &str =
    "DELETE FROM revocations WHERE expires_at < $1 AND created_at < datetime('now', '-' || $2 || ' seconds')";
const PURGE_POSTGRES: &str =
    "DELETE FROM revocations WHERE expires_at < $1 AND created_at < now() - $2 * interval '1 second'";

#[derive(FromQueryResult)]
struct Row {
    kind: String,
    subject: Uuid,
    min_generation: i64,
    spared_session: Option<Uuid>,
    expires_at: DateTime<Utc>,
}

impl Row {
    fn into_revocation(self) -> Result<Revocation, StoreError> {
        Ok(Revocation {
            kind: self.kind.parse().map_err(|error| StoreError::corrupt("revocations.kind", error))?,
            subject: self.subject,
            min_generation: self.min_generation,
            spared: self.spared_session.map(SessionId),
            expires_at: self.expires_at,
        })
    }
}

/// The row's revocation; `None` for the one row of an empty answer.
fn revocation(row: &QueryResult) -> Option<Result<Revocation, StoreError>> {
    match row.try_get::<Option<String>>("", "kind") {
        Ok(None) => None,
        _ => Some(Row::from_query_result(row, "").map_err(StoreError::from).and_then(Row::into_revocation)),
    }
}

#[async_trait]
impl RevocationRepository for RevocationStore {
    async fn list_revocations(
        &self,
        after: Option<FeedPosition>,
    ) -> Result<(Vec<Revocation>, FeedPosition), StoreError> {
        let FeedPosition(after) = after.unwrap_or(FeedPosition(0));
        let feed = self.statement(FEED_SQLITE, FEED_POSTGRES, [after.into()]);
        // bound: what was revoked within the life of an access token
        let rows = self.db.reader().query_all_raw(feed).await?;
        let Some(first) = rows.first() else {
            return Err(StoreError::corrupt("revocations", "the feed has no position"));
        };
        let position = FeedPosition(first.try_get("", "position")?);
        Ok((rows.iter().filter_map(revocation).collect::<Result<_, _>>()?, position))
    }

    async fn insert_revocations_in(&self, tx: &mut Tx, revocations: &[Revocation]) -> Result<(), StoreError> {
        for some in batches(revocations, COLUMNS.len()) {
            let mut insert = Query::insert();
            insert.into_table(TABLE).columns(COLUMNS);
            for revocation in some {
                insert.values_panic([
                    revocation.kind.as_str().into(),
                    revocation.subject.into(),
                    revocation.min_generation.into(),
                    revocation.spared.map(SessionId::uuid).into(),
                    // The database's, because rows are deleted by their age.
                    Expr::current_timestamp(),
                    revocation.expires_at.into(),
                ]);
            }
            tx.executor().execute(&insert).await?;
        }
        Ok(())
    }

    async fn purge_revocations_in(&self, tx: &mut Tx, before: DateTime<Utc>, age_secs: i64) -> Result<u64, StoreError> {
        let purge = self.statement(PURGE_SQLITE, PURGE_POSTGRES, [before.into(), age_secs.into()]);
        Ok(tx.executor().execute_raw(purge).await?.rows_affected())
    }
}
