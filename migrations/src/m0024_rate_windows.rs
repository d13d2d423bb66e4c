use sea_orm_migration::prelude::*;

use crate::time;

/// How often something happened in a window of time, under keys that name nobody.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(Alias::new("rate_windows"))
            .col(ColumnDef::new(Alias::new("key")).string_len(64).not_null().primary_key())
            .col(ColumnDef::new(Alias::new("count")).big_integer().not_null())
            .col(time("ends_at"))
            .col(ColumnDef::new(Alias::new("note")).text().null())
            .col(time("created_at"))
            .to_owned();
        manager.create_table(table).await?;
        crate::run(manager, &["CREATE INDEX ix_rate_windows_ends_at ON rate_windows (ends_at)"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Alias::new("rate_windows")).if_exists().to_owned()).await
    }
}
