//! Pages by a sort column with the id as tie-breaker.

use kernel::{
    StoreError,
    page::{Cursor, Direction, PageRequest, Start},
};
use sea_orm::{
    ColumnTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use crate::domain::SortKey;

/// Orders the rows, begins at the page's start and fetches one row more than asked for, which only shows
/// that there are more.
///
/// # Errors
/// [`StoreError::Corrupt`] for a cursor that `key` cannot read; services refuse it before it gets here.
pub(super) fn page<E, F, C>(
    select: Select<E>,
    request: &PageRequest<F>,
    column: C,
    id: C,
    key: impl FnOnce(&Cursor) -> Option<SortKey>,
) -> Result<Select<E>, StoreError>
where
    E: EntityTrait,
    C: ColumnTrait,
{
    let order = match request.sort.direction {
        Direction::Ascending => Order::Asc,
        Direction::Descending => Order::Desc,
    };
    let select = select.order_by(column, order.clone()).order_by(id, order).limit(request.limit.saturating_add(1));
    match &request.start {
        Start::Offset(0) => Ok(select),
        Start::Offset(offset) => Ok(select.offset(*offset)),
        Start::After(cursor) => {
            let key = key(cursor).ok_or_else(|| StoreError::corrupt("cursor", "of another kind than its order"))?;
            Ok(select.filter(beyond(column, id, key, cursor.id, request.sort.direction)))
        }
    }
}

/// `(column, id)` lies beyond `(key, last)`: a row comparison, which both engines answer from an index.
fn beyond<C: ColumnTrait>(column: C, id: C, key: SortKey, last: Uuid, direction: Direction) -> Expr {
    let key = match key {
        SortKey::Time(time) => Expr::val(time),
        SortKey::Number(number) => Expr::val(number),
        SortKey::Text(text) => Expr::val(text),
    };
    let row = Expr::tuple([Expr::col(column.as_column_ref()), Expr::col(id.as_column_ref())]);
    let after = Expr::tuple([key, Expr::val(last)]);
    match direction {
        Direction::Ascending => row.gt(after),
        Direction::Descending => row.lt(after),
    }
}
