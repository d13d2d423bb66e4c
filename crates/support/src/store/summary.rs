//! Counts and averages.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{StoreError, input::Word as _};
use platform::{Database, Engine};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Func},
};

use super::{
    entity::support_tickets::{Column, Entity},
    list::{breached, seen_by},
    rows,
};
use crate::domain::{Audience, Averages, Priority, Status, Summary};

#[derive(FromQueryResult)]
struct ActiveRow {
    priority: String,
    tickets: i64,
    unassigned: i64,
    breached: i64,
}

pub(super) async fn summarize(
    db: &Database,
    audience: Audience,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Summary, StoreError> {
    let by_status = by_status(db, audience).await?;
    let mut summary = Summary { total: by_status.values().sum(), by_status, ..Summary::default() };
    summary.active_by_priority = Priority::ALL.iter().map(|priority| (*priority, 0)).collect();
    for row in active(db, audience, now).await? {
        let priority = rows::word("support_tickets.priority", &row.priority)?;
        summary.active_by_priority.insert(priority, row.tickets.unsigned_abs());
        summary.unassigned += row.unassigned.unsigned_abs();
        summary.breached += row.breached.unsigned_abs();
    }
    summary.averages = Averages {
        first_response: average(db, audience, Column::FirstResponseAt, since).await?,
        resolution: average(db, audience, Column::ResolvedAt, since).await?,
    };
    Ok(summary)
}

fn of(audience: Audience) -> Select<Entity> {
    Entity::find().filter(seen_by(audience)).select_only()
}

async fn by_status(db: &Database, audience: Audience) -> Result<BTreeMap<Status, u64>, StoreError> {
    let mut counts: BTreeMap<_, _> = Status::ALL.iter().map(|status| (*status, 0)).collect();
    // bound: one of each status
    let rows: Vec<(String, i64)> = of(audience)
        .column(Column::Status)
        .column_as(Column::Id.count(), "tickets")
        .group_by(Column::Status)
        .into_tuple()
        .all(db.reader())
        .await?;
    for (status, count) in rows {
        counts.insert(rows::word("support_tickets.status", &status)?, count.unsigned_abs());
    }
    Ok(counts)
}

pub(super) async fn count_active(db: &Database, audience: Audience) -> Result<u64, StoreError> {
    let select = of(audience).column_as(Column::Id.count(), "tickets").filter(Column::Status.is_in(active_statuses()));
    let count: Option<i64> = select.into_tuple().one(db.reader()).await?;
    Ok(count.unwrap_or_default().unsigned_abs())
}

fn active_statuses() -> impl Iterator<Item = &'static str> {
    Status::ALL.iter().filter(|status| status.is_active()).map(|status| status.as_str())
}

async fn active(db: &Database, audience: Audience, now: DateTime<Utc>) -> Result<Vec<ActiveRow>, StoreError> {
    let count_if = |condition: Condition| Expr::case(condition, 1).finally(Option::<i32>::None).count();
    let unassigned = Condition::all().add(Column::AssignedToId.is_null());
    // bound: one of each priority
    let rows = of(audience)
        .column(Column::Priority)
        .column_as(Column::Id.count(), "tickets")
        .column_as(count_if(unassigned), "unassigned")
        .column_as(count_if(breached(now)), "breached")
        .filter(Column::Status.is_in(active_statuses()))
        .group_by(Column::Priority)
        .into_model::<ActiveRow>()
        .all(db.reader())
        .await?;
    Ok(rows)
}

/// How long it took on average from the opening to `until`, of those where that was `since` then.
async fn average(
    db: &Database,
    audience: Audience,
    until: Column,
    since: DateTime<Utc>,
) -> Result<Option<TimeDelta>, StoreError> {
    let seconds = seconds_since_opening(db.engine(), until);
    let select = of(audience).column_as(Expr::from(Func::avg(seconds)), "seconds");
    let row: Option<Option<f64>> = select.filter(until.gte(since)).into_tuple().one(db.reader()).await?;
    #[expect(clippy::cast_possible_truncation, reason = "an average of milliseconds fits")]
    let span = |seconds: f64| TimeDelta::milliseconds((seconds * 1_000.0).round() as i64);
    Ok(row.flatten().map(span))
}

/// The engines tell the span between two times differently.
fn seconds_since_opening(engine: Engine, until: Column) -> Expr {
    match engine {
        Engine::Postgres => {
            let span = Expr::col(until).sub(Expr::col(Column::CreatedAt));
            Func::cust("date_part").arg("epoch").arg(span).into()
        }
        Engine::Sqlite => {
            let days = |column| Expr::from(Func::cust("julianday").arg(Expr::col(column)));
            days(until).sub(days(Column::CreatedAt)).mul(86_400.0)
        }
    }
}
