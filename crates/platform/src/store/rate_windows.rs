use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{
    Clock, StoreError, Tx,
    rate::{Counted, Ended, RateWindows, span},
};
use sea_orm::{
    ConnectionTrait, DbErr, ExprTrait, QueryResult, Statement, Value,
    sea_query::{DeleteStatement, Expr, Query},
};

/// Windows in the database.
#[derive(Clone)]
pub struct SeaRateWindows {
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for SeaRateWindows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SeaRateWindows").finish_non_exhaustive()
    }
}

impl SeaRateWindows {
    /// Windows by this clock; they only ever live inside given transactions.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }
}

const TABLE: &str = "rate_windows";

/// $1 key, $2 now, $3 end of a window that begins now.
const COUNT: &str = "
    INSERT INTO rate_windows (key, count, ends_at, created_at) VALUES ($1, 1, $3, $2)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN rate_windows.ends_at <= $2 THEN 1 ELSE rate_windows.count + 1 END,
        ends_at = CASE WHEN rate_windows.ends_at <= $2 THEN $3 ELSE rate_windows.ends_at END,
        note = CASE WHEN rate_windows.ends_at <= $2 THEN NULL ELSE rate_windows.note END
    RETURNING count, ends_at";

fn ended(now: DateTime<Utc>) -> Expr {
    Expr::col("ends_at").lte(now)
}

async fn take(tx: &mut Tx, delete: &mut DeleteStatement) -> Result<(Vec<Ended>, u64), StoreError> {
    let delete = delete.returning(Query::returning().columns(["count", "note"]));
    // bound: one, or what the caller's limit lets go
    let rows = tx.executor().query_all(&*delete).await?;
    let noted = |row: &QueryResult| -> Result<Option<Ended>, DbErr> {
        let note: Option<String> = row.try_get("", "note")?;
        let count = row.try_get("", "count")?;
        Ok(note.map(|note| Ended { count, note }))
    };
    let found: Vec<Option<Ended>> = rows.iter().map(noted).collect::<Result<_, _>>()?;
    let all = u64::try_from(found.len()).unwrap_or(u64::MAX);
    Ok((found.into_iter().flatten().collect(), all))
}

#[async_trait]
impl RateWindows for SeaRateWindows {
    async fn count_in(&self, tx: &mut Tx, key: &str, window: Duration) -> Result<Counted, StoreError> {
        let (executor, now) = (tx.executor(), self.clock.now());
        let values: [Value; 3] = [key.into(), now.into(), (now + span(window)).into()];
        let statement = Statement::from_sql_and_values(executor.get_database_backend(), COUNT, values);
        let row = executor.query_one_raw(statement).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound(TABLE.to_owned()))?;
        Ok(Counted { count: row.try_get("", "count")?, ends_at: row.try_get("", "ends_at")? })
    }

    async fn note_in(&self, tx: &mut Tx, key: &str, note: &str) -> Result<(), StoreError> {
        let update = Query::update().table(TABLE).value("note", note).and_where(Expr::col("key").eq(key)).to_owned();
        tx.executor().execute(&update).await?;
        Ok(())
    }

    async fn take_ended_in(&self, tx: &mut Tx, key: &str) -> Result<Option<Ended>, StoreError> {
        let mut delete = Query::delete();
        delete.from_table(TABLE).and_where(Expr::col("key").eq(key)).and_where(ended(self.clock.now()));
        Ok(take(tx, &mut delete).await?.0.pop())
    }

    async fn take_all_ended_in(&self, tx: &mut Tx, limit: u64) -> Result<(Vec<Ended>, u64), StoreError> {
        let now = self.clock.now();
        let some = Query::select().column("key").from(TABLE).and_where(ended(now)).limit(limit).to_owned();
        let mut delete = Query::delete();
        // Asked again: a window that began anew meanwhile stays.
        delete.from_table(TABLE).and_where(Expr::col("key").in_subquery(some)).and_where(ended(now));
        take(tx, &mut delete).await
    }
}
