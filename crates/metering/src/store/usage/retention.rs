//! Room for points to come, and old ones that go. PostgreSQL keeps each month apart.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use kernel::{StoreError, Tx};
use platform::Engine;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait, TryGetable,
    sea_query::{Expr, Func, Query},
};

use crate::store::entity::{usage_keys, usage_metrics};

/// The first day of the month of UTC that an instant is in.
pub(super) fn month_of(instant: DateTime<Utc>) -> NaiveDate {
    first_of_month(instant.date_naive())
}

pub(super) fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// Makes the month's partition, if there is none; tells whether it was made.
pub(super) async fn make_room(tx: &mut Tx, engine: Engine, month: NaiveDate) -> Result<bool, StoreError> {
    match engine {
        Engine::Sqlite => Ok(false),
        Engine::Postgres => call(tx, "usage_make_partition", month).await,
    }
}

/// Drops the partitions of months before, on PostgreSQL; deletes up to `limit` points, on SQLite.
pub(super) async fn delete_points(
    tx: &mut Tx,
    engine: Engine,
    before: DateTime<Utc>,
    limit: u64,
) -> Result<u64, StoreError> {
    use usage_metrics::{Column, Entity};
    if engine == Engine::Postgres {
        let dropped: i32 = call(tx, "usage_drop_partitions", month_of(before)).await?;
        return Ok(u64::try_from(dropped).unwrap_or_default());
    }
    let key = [Column::TenantId, Column::Date, Column::Id];
    let old = Entity::find().select_only().columns(key).filter(Column::Date.lt(before)).limit(limit).into_query();
    let row = Expr::tuple(key.map(Expr::col));
    let deleted = Entity::delete_many().filter(row.in_subquery(old)).exec(tx.executor()).await?;
    Ok(deleted.rows_affected)
}

pub(super) async fn delete_keys(tx: &mut Tx, before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError> {
    use usage_keys::{Column, Entity};
    let key = [Column::TenantId, Column::Key];
    let old = Entity::find().select_only().columns(key).filter(Column::CreatedAt.lt(before)).limit(limit).into_query();
    let row = Expr::tuple(key.map(Expr::col));
    let deleted = Entity::delete_many().filter(row.in_subquery(old)).exec(tx.executor()).await?;
    Ok(deleted.rows_affected)
}

/// Calls a function of migrations/src/m0009_usage.rs.
async fn call<T: TryGetable>(tx: &mut Tx, function: &'static str, month: NaiveDate) -> Result<T, StoreError> {
    let statement = Query::select().expr_as(Func::cust(function).arg(month), "answer").to_owned();
    let row = tx.executor().query_one(&statement).await?;
    let row = row.ok_or_else(|| StoreError::corrupt("usage_metrics", "a function without an answer"))?;
    Ok(row.try_get("", "answer")?)
}
