//! Connections, rollups and counts of requests have crates of their own: no foreign key leads from them to another crate's
//! tenants. Whoever writes for a tenant holds it locked, and tenants are only ever deleted softly.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{DbErr, Statement},
};

use crate::{is_postgres, run};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Tables, and what their foreign key does besides.
const TABLES: [(&str, &str); 3] =
    [("tenant_integrations", ""), ("usage_rollups", " ON DELETE CASCADE"), ("api_call_days", " ON DELETE CASCADE")];

const KEY: &str = "FOREIGN KEY (\"tenant_id\") REFERENCES \"tenants\" (\"id\")";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, action) in TABLES {
            if is_postgres(manager) {
                run(manager, &[&format!("ALTER TABLE {table} DROP CONSTRAINT fk_{table}_tenant_id")]).await?;
            } else {
                rebuild(manager, table, |ddl| ddl.replace(&format!(", {KEY}{action}"), "")).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, action) in TABLES {
            let key = format!("{KEY}{action}");
            if is_postgres(manager) {
                run(manager, &[&format!("ALTER TABLE {table} ADD CONSTRAINT fk_{table}_tenant_id {key}")]).await?;
            } else {
                let put_back = |ddl: &str| match ddl.rfind(')') {
                    Some(end) => format!("{}, {key} {}", ddl[..end].trim_end(), &ddl[end..]),
                    None => ddl.to_owned(),
                };
                rebuild(manager, table, put_back).await?;
            }
        }
        Ok(())
    }
}

/// SQLite cannot take a foreign key from a table, or give it one: it gets a new table in its place, with the same rows and indexes.
async fn rebuild(manager: &SchemaManager<'_>, table: &str, change: impl Fn(&str) -> String) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let query = "SELECT sql FROM sqlite_master WHERE tbl_name = $1 AND sql IS NOT NULL ORDER BY type = 'table' DESC";
    let query = Statement::from_sql_and_values(connection.get_database_backend(), query, [table.into()]);
    let rows = connection.query_all_raw(query).await?;
    let mut ddl = rows.iter().map(|row| row.try_get_by_index::<String>(0));
    let before = ddl.next().ok_or_else(|| DbErr::Migration(format!("there is no table {table}")))??;
    let indexes = ddl.collect::<Result<Vec<_>, _>>()?;
    let after = change(&before);
    if after == before {
        return Err(DbErr::Migration(format!("{table} is not as expected: {before}")));
    }
    let name = format!("\"{table}\"");
    run(
        manager,
        &[
            &after.replacen(&name, &format!("\"{table}_new\""), 1),
            &format!("INSERT INTO {table}_new SELECT * FROM {table}"),
            &format!("DROP TABLE {table}"),
            &format!("ALTER TABLE {table}_new RENAME TO {table}"),
        ],
    )
    .await?;
    run(manager, &indexes.iter().map(String::as_str).collect::<Vec<_>>()).await
}
