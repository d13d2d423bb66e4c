use kernel::{StoreError, Tx};
use sea_orm::sea_query::{Alias, Expr, Query, Value};
use sea_orm::{ConnectionTrait as _, DbErr};

/// SQLite takes 32,766 parameters in a statement, PostgreSQL 65,535.
const MAX_PARAMETERS: usize = 32_766;
/// Longer statements are no faster, and each length is parsed and planned anew.
const MAX_ROWS: usize = 500;

/// A table and the columns that rows are given for.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [&'static str],
}

/// A row from anything that is a database value.
macro_rules! row {
    ($($value:expr),+ $(,)?) => { vec![$(sea_orm::sea_query::Value::from($value)),+] };
}
pub(super) use row;

/// Inserts rows, as many in a statement as the parameter limit and good sense allow.
pub(super) async fn insert_in(tx: &mut Tx, table: &Table, rows: Vec<Vec<Value>>) -> Result<(), StoreError> {
    let most = (MAX_PARAMETERS / table.columns.len().max(1)).clamp(1, MAX_ROWS);
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let mut insert = Query::insert();
        insert.into_table(Alias::new(table.name)).columns(table.columns.iter().map(|column| Alias::new(*column)));
        for row in rows.by_ref().take(most) {
            let values = row.into_iter().map(Expr::val);
            insert.values(values).map_err(|error| StoreError::Other(DbErr::Custom(error.to_string())))?;
        }
        tx.executor().execute(&insert).await?;
    }
    Ok(())
}
