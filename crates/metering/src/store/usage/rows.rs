//! What sums are made of.

use chrono::{DateTime, Utc};
use kernel::TenantId;
use sea_orm::{
    ColumnTrait, DatabaseBackend, ExprTrait, IntoSimpleExpr,
    sea_query::{Condition, Expr, Func, Query, SelectStatement, UnionType},
};
use serde_json::{Value, json};

use crate::{
    domain::{Cover, MetricType, Span},
    store::entity::{usage_metrics, usage_rollups},
};

/// Whose usage, and of which metric if not of all.
pub(super) type Whose<'a> = (TenantId, Option<&'a MetricType>);

/// Rollups and points with the number of their slice, as `period`, `metric_type`, `sum_milli` and `points`; `None` when no slice
/// has any.
pub(super) fn rows(engine: DatabaseBackend, whose: Whose<'_>, slices: &[(i32, &Cover)]) -> Option<SelectStatement> {
    let spans: Vec<_> =
        slices.iter().flat_map(|(number, cover)| cover.spans.iter().map(|span| (*number, span))).collect();
    let rollups = (!spans.is_empty()).then(|| of_rollups(engine, whose, &spans));
    let edges = slices.iter().flat_map(|(number, cover)| cover.edges.iter().map(|edge| (*number, *edge)));
    let points = edges.map(|(number, edge)| of_points(whose, number, edge));
    rollups.into_iter().chain(points).reduce(|mut all, more| all.union(UnionType::All, more).to_owned())
}

/// The rollups of spans, each looked up by its key. They go in as one parameter, so that the text of the statement is always the
/// same and the databases keep one plan of it; and as keys, not as ranges, because a planner cannot know how short those are.
fn of_rollups(engine: DatabaseBackend, (tenant, metric_type): Whose<'_>, spans: &[(i32, &Span)]) -> SelectStatement {
    use usage_rollups::{Column, Entity};
    let keys = spans.iter().flat_map(|(number, span)| {
        let width = span.width.quarters();
        let step = usize::try_from(width).unwrap_or(1);
        (span.from..span.to).step_by(step).map(move |quarter| json!([number, width, quarter]))
    });
    let elements = match engine {
        DatabaseBackend::Postgres => "jsonb_array_elements",
        _ => "json_each",
    };
    let part = |index: usize| Expr::cust(format!("CAST(e.value ->> {index} AS INTEGER)"));
    let keys = Query::select()
        .expr_as(part(0), "period")
        .expr_as(part(1), "width")
        .expr_as(part(2), "quarter")
        .from_function(Func::cust(elements).arg(Value::Array(keys.collect())), "e")
        .to_owned();
    let key = |column: &'static str| Expr::col(("k", column));
    let same = Condition::all()
        .add(Column::TenantId.eq(tenant.uuid()))
        .add(Column::Width.into_expr().eq(key("width")))
        .add(Column::Quarter.into_expr().eq(key("quarter")))
        .add_option(metric_type.map(|it| Column::MetricType.eq(it.as_str())));
    Query::select()
        .expr_as(key("period"), "period")
        .columns([Column::MetricType, Column::SumMilli, Column::Points])
        .from_subquery(keys, "k")
        // Tells SQLite to begin with the keys: it might go through all rollups of the workshop, and for each through all keys.
        .cross_join(Entity)
        .cond_where(same)
        .to_owned()
}

/// The points of an edge.
fn of_points(
    (tenant, metric_type): Whose<'_>,
    number: i32,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> SelectStatement {
    use usage_metrics::{Column, Entity};
    let within = Condition::all()
        .add(Column::TenantId.eq(tenant.uuid()))
        .add(Column::Date.gte(from))
        .add(Column::Date.lt(to))
        .add_option(metric_type.map(|it| Column::MetricType.eq(it.as_str())));
    Query::select()
        .expr_as(Expr::val(number), "period")
        .expr_as(Column::MetricType.into_simple_expr(), "metric_type")
        .expr_as(Column::ValueMilli.into_simple_expr(), "sum_milli")
        .expr_as(Expr::val(1_i64), "points")
        .from(Entity)
        .cond_where(within)
        .to_owned()
}
