//! Pages by the time of creation with the id as tie-breaker.

use chrono::{DateTime, SecondsFormat, Utc};
use kernel::{
    StoreError,
    page::{Direction, PageRequest, Start},
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, Order, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::Expr,
};
use serde_json::Value;
use uuid::Uuid;

use crate::domain::ByTime;

/// A row's place in a list.
pub(super) fn place(created_at: DateTime<Utc>, id: Uuid) -> (Value, Uuid) {
    (created_at.to_rfc3339_opts(SecondsFormat::Micros, true).into(), id)
}

/// Orders the rows, begins at the page's start and fetches one more than asked for, which only shows that there are more.
pub(super) fn page<E: EntityTrait, C: ColumnTrait>(
    select: Select<E>,
    request: &PageRequest<ByTime>,
    (created_at, id): (C, C),
) -> Result<Select<E>, StoreError> {
    let order = match request.sort.direction {
        Direction::Ascending => Order::Asc,
        Direction::Descending => Order::Desc,
    };
    let select = select.order_by(created_at, order.clone()).order_by(id, order).limit(request.limit + 1);
    Ok(match &request.start {
        Start::Offset(0) => select,
        Start::Offset(offset) => select.offset(*offset),
        Start::After(cursor) => {
            let time: Option<DateTime<Utc>> = cursor.value.as_str().and_then(|text| text.parse().ok());
            let time = time.ok_or_else(|| StoreError::corrupt("cursor", "its value is no time"))?;
            let row = Expr::tuple([Expr::col(created_at.as_column_ref()), Expr::col(id.as_column_ref())]);
            let last = Expr::tuple([Expr::value(time), Expr::value(cursor.id)]);
            select.filter(match request.sort.direction {
                Direction::Ascending => row.gt(last),
                Direction::Descending => row.lt(last),
            })
        }
    })
}
