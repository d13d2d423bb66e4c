//! The totals of the list, kept in step with every change.

use kernel::{StoreError, Tx, input::Word as _};
use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, EntityTrait,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use super::entity::tenant_counts::{ActiveModel, Column, Entity};
use crate::repository::CountKey;

/// How many rows a total is spread over.
const SHARDS: u8 = 8;

/// Moves one workshop from a total to another, in one statement.
pub(super) async fn move_one(tx: &mut Tx, from: Option<CountKey>, to: CountKey, shard: u8) -> Result<(), StoreError> {
    if from == Some(to) {
        return Ok(());
    }
    let mut deltas: Vec<(CountKey, i64)> = from.map(|key| (key, -1)).into_iter().chain([(to, 1)]).collect();
    // Always in the same order: two transactions that touch the same rows then wait, and never deadlock.
    deltas.sort_unstable();
    let rows = deltas.into_iter().map(|(key, delta)| ActiveModel {
        status: Set(key.status.as_str().to_owned()),
        plan: Set(key.plan.as_str().to_owned()),
        deleted: Set(key.deleted),
        shard: Set(i16::from(shard % SHARDS)),
        count: Set(delta),
    });
    let add = Expr::col((Entity, Column::Count)).add(Expr::cust("excluded.\"count\""));
    let on_conflict = OnConflict::columns([Column::Status, Column::Plan, Column::Deleted, Column::Shard])
        .value(Column::Count, add)
        .to_owned();
    Entity::insert_many(rows).on_conflict(on_conflict).exec_without_returning(tx.executor()).await?;
    Ok(())
}

/// Counts everything anew. Writers wait meanwhile, so that no change falls between counting and keeping.
pub(super) async fn recount(tx: &mut Tx) -> Result<(), StoreError> {
    let executor = tx.executor();
    if executor.get_database_backend() == sea_orm::DatabaseBackend::Postgres {
        executor.execute_unprepared("LOCK TABLE tenants, tenant_counts IN SHARE ROW EXCLUSIVE MODE").await?;
    }
    executor.execute_unprepared("DELETE FROM tenant_counts").await?;
    executor
        .execute_unprepared(
            "INSERT INTO tenant_counts (status, plan, deleted, shard, count) \
             SELECT status, plan, deleted_at IS NOT NULL, 0, COUNT(*) FROM tenants \
             GROUP BY status, plan, deleted_at IS NOT NULL",
        )
        .await?;
    Ok(())
}
