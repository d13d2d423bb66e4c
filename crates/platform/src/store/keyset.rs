//! Pages by a sort column with the id as tie-breaker, for every crate's lists.

use kernel::page::{Direction, Key, PageRequest, Start};
use sea_orm::{
    ColumnTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

/// Orders the rows, begins at the page's start and fetches one row more than asked for, which only shows
/// that there are more. For a list of [`Page::from_overfetch`](kernel::page::Page::from_overfetch).
pub fn page<E, F, C>(select: Select<E>, request: &PageRequest<F>, column: C, id: C) -> Select<E>
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
        Start::Offset(0) => select,
        Start::Offset(offset) => select.offset(*offset),
        Start::After(cursor) => select.filter(beyond(column, id, &cursor.key, cursor.id, request.sort.direction)),
    }
}

/// `(column, id)` lies beyond `(key, last)`: a row comparison, which both engines answer from an index.
pub fn beyond<C: ColumnTrait>(column: C, id: C, key: &Key, last: Uuid, direction: Direction) -> Expr {
    let key = match key {
        Key::Time(time) | Key::TimeText(time, _) => Expr::val(*time),
        Key::Text(text) => Expr::val(text.as_str()),
        Key::Number(number) => Expr::val(*number),
    };
    let row = Expr::tuple([Expr::col(column.as_column_ref()), Expr::col(id.as_column_ref())]);
    let after = Expr::tuple([key, Expr::val(last)]);
    match direction {
        Direction::Ascending => row.gt(after),
        Direction::Descending => row.lt(after),
    }
}
