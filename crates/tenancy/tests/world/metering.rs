//! Usage recorded and read in few words.

use chrono::{DateTime, Utc};
use kernel::{
    Engine, TenantId,
    page::{Cursor, Direction, Start},
};
use tenancy::{
    TenancyError,
    domain::{UsageInput, UsagePoint, UsagePointInput, UsageQuery, UsageQueryInput, UsageSort, UsageSum},
    service::{Usage, UsagePage, UsageRecorded},
};

use super::{World, page, staff};

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

/// `value` as JSON writes it.
pub fn point(metric: &str, value: &str, date: &str) -> UsagePointInput {
    UsagePointInput {
        metric_type: Some(metric.to_owned()),
        value: Some(serde_json::from_str(value).expect("a number")),
        date: Some(date.to_owned()),
        ..UsagePointInput::default()
    }
}

pub fn keyed(key: &str, point: UsagePointInput) -> UsagePointInput {
    UsagePointInput { idempotency_key: Some(key.to_owned()), ..point }
}

pub async fn record(
    usage: &Usage,
    tenant: TenantId,
    points: Vec<UsagePointInput>,
) -> Result<UsageRecorded, TenancyError> {
    let batch = usage.parse(UsageInput { metrics: Some(points), ..UsageInput::default() })?;
    usage.record(&staff(), tenant, batch).await
}

/// A query; what is empty is left out.
pub fn query(usage: &Usage, metric: &str, (from, to): (&str, &str), granularity: &str, zone: &str) -> UsageQuery {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let input = UsageQueryInput {
        metric_type: given(metric),
        from: given(from),
        to: given(to),
        granularity: given(granularity),
        timezone: given(zone),
    };
    usage.parse_query(input).expect("a right query")
}

/// All points, read `limit` at a time along cursors.
pub async fn points(
    usage: &Usage,
    tenant: TenantId,
    query: &UsageQuery,
    limit: u64,
    way: Direction,
) -> Vec<UsagePoint> {
    let (mut seen, mut start) = (Vec::new(), Start::Offset(0));
    loop {
        let request = page(limit, UsageSort::Date, way, start);
        let found = match usage.read(tenant, query, &request).await.expect("a page") {
            UsagePage::Points(points) => points,
            UsagePage::Sums(_) => unreachable!("points were asked for"),
        };
        seen.extend(found.items);
        let Some((value, id)) = found.next else {
            assert_eq!(found.total, seen.len() as u64, "the total is what the pages have");
            return seen;
        };
        start = Start::After(Cursor::new("test".to_owned(), value, id, seen.len() as u64));
    }
}

/// All sums, read `limit` at a time along cursors.
pub async fn sums(usage: &Usage, tenant: TenantId, query: &UsageQuery, limit: u64, way: Direction) -> Vec<UsageSum> {
    let (mut seen, mut start) = (Vec::new(), Start::Offset(0));
    loop {
        let request = page(limit, UsageSort::Date, way, start);
        let found = match usage.read(tenant, query, &request).await.expect("a page") {
            UsagePage::Sums(sums) => sums,
            UsagePage::Points(_) => unreachable!("sums were asked for"),
        };
        seen.extend(found.items);
        let Some((value, id)) = found.next else {
            assert_eq!(found.total, seen.len() as u64, "the total is what the pages have");
            return seen;
        };
        start = Start::After(Cursor::new("test".to_owned(), value, id, seen.len() as u64));
    }
}

/// Begin of the period, metric and sum.
pub async fn brief(usage: &Usage, tenant: TenantId, query: &UsageQuery) -> Vec<(String, String, String)> {
    let sums = sums(usage, tenant, query, 500, Direction::Ascending).await;
    let start = |sum: &UsageSum| sum.period.start.to_rfc3339().replace("+00:00", "Z");
    sums.iter().map(|sum| (start(sum), sum.metric_type.to_string(), sum.total.to_string())).collect()
}

impl World {
    /// Sees that every rollup is exactly what the points are, and that none is missing.
    pub async fn check_rollups(&self) {
        let quarter = match self.db.engine() {
            Engine::Sqlite => "CAST(strftime('%s', date) AS INTEGER) / 900",
            Engine::Postgres => "CAST(FLOOR(EXTRACT(EPOCH FROM date) / 900) AS INTEGER)",
        };
        let points = format!(
            "(SELECT p.*, w.width, p.q / w.width * w.width AS quarter FROM (SELECT m.*, {quarter} AS q FROM usage_metrics m) p \
             CROSS JOIN (SELECT 1 AS width UNION ALL SELECT 4 UNION ALL SELECT 24 UNION ALL SELECT 96) w)"
        );
        let bucket = "tenant_id, width, quarter, metric_type";
        let sums = format!(
            "(SELECT {bucket}, CAST(SUM(value_milli) AS BIGINT) AS s, COUNT(*) AS n FROM {points} x GROUP BY {bucket}) g"
        );
        let same = "g.tenant_id = r.tenant_id AND g.width = r.width AND g.quarter = r.quarter \
                    AND g.metric_type = r.metric_type";
        let equal = format!("{same} AND g.s = r.sum_milli AND g.n = r.points");
        let missing = format!("{sums} WHERE NOT EXISTS (SELECT 1 FROM usage_rollups r WHERE {equal})");
        assert_eq!(self.count(&missing).await, 0, "points that no rollup tells of");
        let surplus = format!("usage_rollups r WHERE NOT EXISTS (SELECT 1 FROM {sums} WHERE {equal})");
        assert_eq!(self.count(&surplus).await, 0, "rollups without their points");
        let last = format!(
            "usage_rollups r WHERE NOT EXISTS (SELECT 1 FROM {points} g WHERE {same} AND g.id = r.last_id \
             AND g.date = r.last_at AND g.value_milli = r.last_milli) \
             OR EXISTS (SELECT 1 FROM {points} g WHERE {same} AND (g.date, g.id) > (r.last_at, r.last_id))"
        );
        assert_eq!(self.count(&last).await, 0, "rollups whose last point is another");
    }
}
