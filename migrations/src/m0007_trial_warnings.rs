use sea_orm_migration::prelude::*;

use crate::{run, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(trial_warnings()).await?;
        run(manager, INDEXES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP INDEX ix_tenants_trial", "DROP TABLE trial_warnings"]).await
    }
}

/// What the job that looks for trials near their end reads.
const INDEXES: &[&str] =
    &["CREATE INDEX ix_tenants_trial ON tenants (trial_ends_at, id) WHERE trial_ends_at IS NOT NULL"];

/// Which warnings of a trial's end were given, so that each is given once. Another end begins anew.
fn trial_warnings() -> TableCreateStatement {
    Table::create()
        .table("trial_warnings")
        .col(ColumnDef::new("tenant_id").uuid().not_null())
        .col(time("trial_ends_at"))
        .col(ColumnDef::new("days").integer().not_null())
        .col(time("created_at"))
        .primary_key(Index::create().col("tenant_id").col("trial_ends_at").col("days"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_trial_warnings_tenant_id")
                .from("trial_warnings", "tenant_id")
                .to("tenants", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}
