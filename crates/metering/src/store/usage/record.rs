//! Points on their way in.

use chrono::{DateTime, Utc};
use kernel::{StoreError, TenantId, Tx};
use platform::store::batches;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, ExprTrait, Iden,
    sea_query::{CaseStatement, Expr, OnConflict},
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    domain::{Rollup, UsageKey, UsagePoint},
    store::entity::{usage_keys, usage_metrics, usage_rollups},
};

/// Always in the same order: two that take the same keys then wait, and never deadlock.
pub(super) async fn claim_keys(
    tx: &mut Tx,
    tenant: TenantId,
    keys: &[UsageKey],
    now: DateTime<Utc>,
) -> Result<Vec<UsageKey>, StoreError> {
    use usage_keys::{ActiveModel, Column, Entity};
    let mut keys: Vec<&UsageKey> = keys.iter().collect();
    keys.sort_unstable();
    keys.dedup();
    let mut claimed: Vec<(Uuid, String)> = Vec::with_capacity(keys.len());
    for some in batches(&keys, 3) {
        let rows = some.iter().map(|key| ActiveModel {
            tenant_id: Set(tenant.uuid()),
            key: Set(key.as_str().to_owned()),
            created_at: Set(now),
        });
        let free = OnConflict::columns([Column::TenantId, Column::Key]).do_nothing().to_owned();
        claimed.extend(Entity::insert_many(rows).on_conflict(free).exec_with_returning_keys(tx.executor()).await?);
    }
    Ok(claimed.into_iter().map(|(_, key)| UsageKey::trusted(key)).collect())
}

pub(super) async fn insert_points(
    tx: &mut Tx,
    tenant: TenantId,
    points: &[UsagePoint],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for some in batches(points, 7) {
        let rows = some.iter().map(|point| usage_metrics::ActiveModel {
            tenant_id: Set(tenant.uuid()),
            date: Set(point.date),
            id: Set(point.id),
            metric_type: Set(point.metric_type.as_str().to_owned()),
            value_milli: Set(point.value.thousandths()),
            details: Set(point.details.clone().map(Value::Object)),
            created_at: Set(now),
        });
        usage_metrics::Entity::insert_many(rows).exec_without_returning(tx.executor()).await?;
    }
    Ok(())
}

/// The database adds, in their order. A row whose sum would not fit is left as it is, and so tells of itself.
pub(super) async fn add_rollups(tx: &mut Tx, tenant: TenantId, rollups: &[Rollup]) -> Result<bool, StoreError> {
    for some in batches(rollups, 9) {
        let rows = some.iter().map(|rollup| row(tenant, rollup)).collect::<Result<Vec<_>, _>>()?;
        let insert = usage_rollups::Entity::insert_many(rows).on_conflict(add());
        if insert.exec_without_returning(tx.executor()).await? < some.len() as u64 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What becomes of a rollup that is there already.
fn add() -> OnConflict {
    use usage_rollups::Column;
    let later = Expr::tuple([new(Column::LastAt), new(Column::LastId)])
        .gt(Expr::tuple([old(Column::LastAt), old(Column::LastId)]));
    let latest = |column| CaseStatement::new().case(later.clone(), new(column)).finally(old(column));
    OnConflict::columns([Column::TenantId, Column::Width, Column::Quarter, Column::MetricType])
        .value(Column::SumMilli, old(Column::SumMilli).add(new(Column::SumMilli)))
        .value(Column::Points, old(Column::Points).add(new(Column::Points)))
        .value(Column::LastAt, latest(Column::LastAt))
        .value(Column::LastId, latest(Column::LastId))
        .value(Column::LastMilli, latest(Column::LastMilli))
        .action_and_where(old(Column::SumMilli).lte(Expr::val(i64::MAX).sub(new(Column::SumMilli))))
        .to_owned()
}

fn row(tenant: TenantId, rollup: &Rollup) -> Result<usage_rollups::ActiveModel, StoreError> {
    let corrupt = |error| StoreError::corrupt("usage_rollups.quarter", error);
    Ok(usage_rollups::ActiveModel {
        tenant_id: Set(tenant.uuid()),
        width: Set(i16::try_from(rollup.width.quarters()).map_err(corrupt)?),
        quarter: Set(i32::try_from(rollup.quarter).map_err(corrupt)?),
        metric_type: Set(rollup.metric_type.as_str().to_owned()),
        sum_milli: Set(rollup.sum),
        points: Set(rollup.points),
        last_at: Set(rollup.last.date),
        last_id: Set(rollup.last.id),
        last_milli: Set(rollup.last.value.thousandths()),
    })
}

/// A column of the row that is there.
fn old(column: usage_rollups::Column) -> Expr {
    column.into_expr()
}

/// The same of the row that was to be inserted.
fn new(column: usage_rollups::Column) -> Expr {
    Expr::cust(format!("excluded.\"{}\"", column.unquoted()))
}
