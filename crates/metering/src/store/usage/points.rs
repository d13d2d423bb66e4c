//! Points as they were recorded.

use kernel::{
    StoreError, TenantId,
    page::{Key, Page, PageRequest, Start},
};
use platform::store::keyset;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Condition};
use serde_json::Value;

use super::sums;
use crate::{
    domain::{Cover, MetricType, UsageFilter, UsagePoint, UsageSort, UsageValue},
    store::entity::usage_metrics::{Column, Entity, Model},
};

/// A page. How many points there are, the rollups know.
pub(super) async fn list(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    filter: &UsageFilter,
    request: &PageRequest<UsageSort>,
) -> Result<Page<UsagePoint>, StoreError> {
    let metric_type = filter.metric_type.as_ref();
    let select = Entity::find()
        .filter(Column::TenantId.eq(tenant.uuid()))
        .filter(Column::Date.gte(filter.from))
        .filter(Column::Date.lt(filter.to))
        .filter(Condition::all().add_option(metric_type.map(|it| Column::MetricType.eq(it.as_str()))));
    let select = keyset::page(select, request, Column::Date, Column::Id);
    let rows = select.all(connection).await?;
    let items = rows.into_iter().map(point).collect::<Result<Vec<_>, _>>()?;
    let is_whole = request.start == Start::Offset(0) && items.len() as u64 <= request.limit;
    let total = match is_whole {
        true => items.len() as u64,
        false => {
            let cover = Cover::new(filter.from, filter.to, filter.from);
            sums::count_points(connection, (tenant, metric_type), &cover).await?
        }
    };
    let key = |point: &UsagePoint| (Key::TimeText(point.date, point.metric_type.as_str().to_owned()), point.id);
    Ok(Page::from_overfetch(items, request.limit, total, key))
}

fn point(row: Model) -> Result<UsagePoint, StoreError> {
    let details = match row.details {
        None | Some(Value::Null) => None,
        Some(Value::Object(details)) => Some(details),
        Some(_) => return Err(StoreError::corrupt("usage_metrics.details", "not a JSON object")),
    };
    Ok(UsagePoint {
        id: row.id,
        metric_type: MetricType::trusted(row.metric_type),
        value: UsageValue::trusted(row.value_milli),
        date: row.date,
        details,
    })
}
