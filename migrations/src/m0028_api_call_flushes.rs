use sea_orm_migration::prelude::*;

use crate::time;

/// The last flush of counted requests that each node has written down, so that none is counted twice.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(Alias::new("api_call_flushes"))
            .col(ColumnDef::new(Alias::new("node_id")).uuid().not_null().primary_key())
            .col(ColumnDef::new(Alias::new("batch")).big_integer().not_null())
            .col(time("created_at"))
            .col(time("updated_at"))
            .to_owned();
        manager.create_table(table).await?;
        let index = "CREATE INDEX ix_api_call_flushes_updated_at ON api_call_flushes (updated_at)";
        crate::run(manager, &[index]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Alias::new("api_call_flushes")).if_exists().to_owned()).await
    }
}
