//! Sums over rollups, and over the few points that no rollup fits.

use chrono::{DateTime, Utc};
use kernel::{
    StoreError, TenantId,
    page::{Direction, Key, Page, PageRequest, Start},
};
use sea_orm::{
    ConnectionTrait, ExprTrait, Order, QueryResult,
    sea_query::{Asterisk, Condition, Expr, Query, SelectStatement},
};
use uuid::Uuid;

use super::rows::{Whose, rows};
use crate::domain::{Cover, MetricType, Slice, UsageSort, UsageSum, UsageTotal};

/// A sum may be beyond 64 bits: it is summed up in two parts.
const PART: i64 = 1_000_000;

/// A page of the sums of slices, and how many there are in all, in one statement.
pub(super) async fn list(
    connection: &impl ConnectionTrait,
    whose: Whose<'_>,
    slices: &[Slice],
    request: &PageRequest<UsageSort>,
) -> Result<Page<UsageSum>, StoreError> {
    let numbered: Vec<_> = (0..).zip(slices).map(|(number, slice)| (number, &slice.cover)).collect();
    let Some(rows) = rows(connection.get_database_backend(), whose, &numbered) else {
        return Ok(Page { items: Vec::new(), total: 0, next: None });
    };
    let all = grouped(rows).expr_as(Expr::cust("COUNT(*) OVER ()"), "total").to_owned();
    // bound: a page
    let found = connection.query_all(&page_of(all.clone(), slices, request)?).await?;
    let total = match found.first() {
        Some(row) => row.try_get::<i64>("", "total")?.try_into().unwrap_or_default(),
        // An empty page has no row to carry it.
        None if request.start == Start::Offset(0) => 0,
        None => count(connection, Query::select().column("total").from_subquery(all, "g").limit(1).to_owned()).await?,
    };
    let items = found.iter().map(|row| sum(row, slices)).collect::<Result<Vec<_>, _>>()?;
    let key = |sum: &UsageSum| (Key::TimeText(sum.period.start, sum.metric_type.as_str().to_owned()), Uuid::nil());
    Ok(Page::from_overfetch(items, request.limit, total, key))
}

/// Most metrics that are told of at once; a workshop may have any number.
const MAX_METRICS: u64 = 500;

/// The sum of each metric, by name; of the first 500.
pub(super) async fn by_metric(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    cover: &Cover,
) -> Result<Vec<(MetricType, UsageTotal)>, StoreError> {
    let Some(rows) = rows(connection.get_database_backend(), (tenant, None), &[(0, cover)]) else {
        return Ok(Vec::new());
    };
    let statement = grouped(rows).order_by("metric_type", Order::Asc).limit(MAX_METRICS).to_owned();
    connection.query_all(&statement).await?.iter().map(metric_and_total).collect()
}

/// How many points were recorded.
pub(super) async fn count_points(
    connection: &impl ConnectionTrait,
    whose: Whose<'_>,
    cover: &Cover,
) -> Result<u64, StoreError> {
    let Some(rows) = rows(connection.get_database_backend(), whose, &[(0, cover)]) else { return Ok(0) };
    let sum = Expr::cust("CAST(COALESCE(SUM(points), 0) AS BIGINT)");
    count(connection, Query::select().expr_as(sum, "total").from_subquery(rows, "r").to_owned()).await
}

async fn count(connection: &impl ConnectionTrait, statement: SelectStatement) -> Result<u64, StoreError> {
    let row = connection.query_one(&statement).await?;
    let total: i64 = row.map(|row| row.try_get("", "total")).transpose()?.unwrap_or_default();
    Ok(u64::try_from(total).unwrap_or_default())
}

/// One row more than asked for, which only shows that there are more.
fn page_of(
    all: SelectStatement,
    slices: &[Slice],
    request: &PageRequest<UsageSort>,
) -> Result<SelectStatement, StoreError> {
    let ascending = request.sort.direction == Direction::Ascending;
    let order = if ascending { Order::Asc } else { Order::Desc };
    let mut page = Query::select();
    page.column(Asterisk)
        .from_subquery(all, "g")
        .order_by("period", order.clone())
        .order_by("metric_type", order)
        .limit(request.limit.saturating_add(1));
    match &request.start {
        Start::Offset(offset) => page.offset(*offset),
        Start::After(cursor) => match &cursor.key {
            Key::TimeText(start, metric_type) => page.cond_where(beyond(slices, *start, metric_type, ascending)),
            _ => return Err(StoreError::corrupt("cursor", "of another type than its order")),
        },
    };
    Ok(page)
}

/// What comes after a sum. Its slice may be gone from the list, if that is of a range that moves with the time.
fn beyond(slices: &[Slice], last: DateTime<Utc>, metric: &str, ascending: bool) -> Condition {
    let before = slices.partition_point(|slice| slice.period.start < last);
    let is_there = slices.get(before).is_some_and(|slice| slice.period.start == last);
    let (period, metric_type) = (Expr::col("period"), Expr::col("metric_type"));
    let (last_metric, before) = (Expr::val(metric), i32::try_from(before).unwrap_or(i32::MAX));
    let rest = if ascending { metric_type.gt(last_metric) } else { metric_type.lt(last_metric) };
    let later = match (ascending, is_there) {
        (true, true) => period.clone().gt(before),
        (true, false) => period.clone().gte(before),
        (false, _) => period.clone().lt(before),
    };
    let of_last = is_there.then(|| period.eq(before).and(rest));
    Condition::any().add(later).add_option(of_last)
}

/// Adds up, and tells the sum in two parts.
fn grouped(rows: SelectStatement) -> SelectStatement {
    let part = |of: &str| Expr::cust(format!("CAST(SUM(sum_milli {of} {PART}) AS BIGINT)"));
    Query::select()
        .columns(["period", "metric_type"])
        .expr_as(part("/"), "high")
        .expr_as(part("%"), "low")
        .from_subquery(rows, "r")
        .group_by_columns(["period", "metric_type"])
        .to_owned()
}

fn metric_and_total(row: &QueryResult) -> Result<(MetricType, UsageTotal), StoreError> {
    let (high, low): (i64, i64) = (row.try_get("", "high")?, row.try_get("", "low")?);
    let total = UsageTotal::from_thousandths(i128::from(high) * i128::from(PART) + i128::from(low));
    Ok((MetricType::trusted(row.try_get("", "metric_type")?), total))
}

fn sum(row: &QueryResult, slices: &[Slice]) -> Result<UsageSum, StoreError> {
    let number: i32 = row.try_get("", "period")?;
    let slice = usize::try_from(number).ok().and_then(|number| slices.get(number));
    let slice = slice.ok_or_else(|| StoreError::corrupt("usage_rollups", "a sum of no period"))?;
    let (metric_type, total) = metric_and_total(row)?;
    Ok(UsageSum { metric_type, total, period: slice.period })
}
