use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{StoreError, Tx};
use sea_orm::{
    ConnectionTrait, DbErr, ExprTrait, Statement, Value,
    sea_query::{Expr, Query},
};

use crate::repository::{AttemptRepository, CountRule, Tally};

/// Counts of tries in the database.
#[derive(Debug, Clone, Copy, Default)]
pub struct AttemptStore;

impl AttemptStore {
    /// The store; it only ever works inside given transactions.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

/// $1 key, $2 now, $3 start of the window, $4 limit, $5 end of a lock set now. The old row's lock decides first: while
/// it stands it is kept, once it is over the count begins anew.
const COUNT: &str = "
    INSERT INTO sign_in_attempts (key, tries, window_started_at, locked_until, created_at, updated_at)
    VALUES ($1, 1, $2, CASE WHEN $4 <= 1 THEN $5 END, $2, $2)
    ON CONFLICT (key) DO UPDATE SET
        tries = CASE
            WHEN sign_in_attempts.locked_until > $2 THEN sign_in_attempts.tries + 1
            WHEN sign_in_attempts.locked_until IS NOT NULL OR sign_in_attempts.window_started_at <= $3 THEN 1
            ELSE sign_in_attempts.tries + 1 END,
        window_started_at = CASE
            WHEN sign_in_attempts.locked_until > $2 THEN sign_in_attempts.window_started_at
            WHEN sign_in_attempts.locked_until IS NOT NULL OR sign_in_attempts.window_started_at <= $3 THEN $2
            ELSE sign_in_attempts.window_started_at END,
        locked_until = CASE
            WHEN sign_in_attempts.locked_until > $2 THEN sign_in_attempts.locked_until
            WHEN sign_in_attempts.locked_until IS NOT NULL OR sign_in_attempts.window_started_at <= $3
                THEN CASE WHEN $4 <= 1 THEN $5 END
            WHEN sign_in_attempts.tries + 1 >= $4 THEN $5 END,
        updated_at = $2
    RETURNING tries, locked_until";

/// $1 key. The try that set a lock is the only one that could be taken back while the lock stands.
const UNCOUNT: &str = "
    UPDATE sign_in_attempts
    SET tries = CASE WHEN tries > 1 THEN tries - 1 ELSE 0 END, locked_until = NULL
    WHERE key = $1";

#[async_trait]
impl AttemptRepository for AttemptStore {
    async fn count_try_in(&self, tx: &mut Tx, key: &str, rule: &CountRule) -> Result<Tally, StoreError> {
        let executor = tx.executor();
        let values: [Value; 5] =
            [key.into(), rule.now.into(), rule.window_start.into(), rule.limit.into(), rule.lock_until.into()];
        let statement = Statement::from_sql_and_values(executor.get_database_backend(), COUNT, values);
        let row = executor.query_one_raw(statement).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("sign_in_attempts".to_owned()))?;
        Ok(Tally { tries: row.try_get("", "tries")?, locked_until: row.try_get("", "locked_until")? })
    }

    async fn uncount_try_in(&self, tx: &mut Tx, key: &str) -> Result<(), StoreError> {
        let executor = tx.executor();
        let statement = Statement::from_sql_and_values(executor.get_database_backend(), UNCOUNT, [key.into()]);
        executor.execute_raw(statement).await?;
        Ok(())
    }

    async fn clear_in(&self, tx: &mut Tx, key: &str) -> Result<(), StoreError> {
        let delete = Query::delete().from_table("sign_in_attempts").and_where(Expr::col("key").eq(key)).to_owned();
        tx.executor().execute(&delete).await?;
        Ok(())
    }

    async fn purge_attempts_in(
        &self,
        tx: &mut Tx,
        before: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let unlocked = Expr::col("locked_until").is_null().or(Expr::col("locked_until").lte(now));
        let delete = Query::delete()
            .from_table("sign_in_attempts")
            .and_where(Expr::col("updated_at").lt(before))
            .and_where(unlocked)
            .to_owned();
        Ok(tx.executor().execute(&delete).await?.rows_affected())
    }
}
