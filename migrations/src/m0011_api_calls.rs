use sea_orm_migration::prelude::*;

use crate::run;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(api_call_days()).await?;
        run(
            manager,
            &[
                "CREATE INDEX ix_api_call_days_day ON api_call_days (day)",
                "CREATE INDEX ix_api_call_days_unmetered ON api_call_days (day, tenant_id) WHERE calls > metered",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE api_call_days"]).await
    }
}

/// Requests of workshops' people, a row a day of UTC.
fn api_call_days() -> TableCreateStatement {
    Table::create()
        .table("api_call_days")
        .col(ColumnDef::new("tenant_id").uuid().not_null())
        .col(ColumnDef::new("day").date().not_null())
        .col(ColumnDef::new("calls").big_integer().not_null())
        // The highest level of the quota that was announced that day.
        .col(ColumnDef::new("announced").integer().not_null())
        // How many of the calls are recorded as usage.
        .col(ColumnDef::new("metered").big_integer().not_null())
        .primary_key(Index::create().col("tenant_id").col("day"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_api_call_days_tenant_id")
                .from("api_call_days", "tenant_id")
                .to("tenants", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}
