use sea_orm_migration::prelude::*;

use crate::{run, time, time_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(tenant_integrations()).await?;
        run(manager, INDEXES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE tenant_integrations"]).await
    }
}

/// A workshop has one of each type; its list is read along the same index.
const INDEXES: &[&str] =
    &["CREATE UNIQUE INDEX uq_tenant_integrations_tenant_id_type ON tenant_integrations (tenant_id, type)"];

/// Connections of workshops to other services.
fn tenant_integrations() -> TableCreateStatement {
    Table::create()
        .table("tenant_integrations")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant_id").uuid().not_null())
        .col(ColumnDef::new("type").string_len(32).not_null())
        .col(ColumnDef::new("name").string_len(120).not_null())
        // Each field sealed by itself, for this workshop, type and field.
        .col(ColumnDef::new("credentials").json_binary().not_null())
        .col(ColumnDef::new("webhook_url").string_len(2048).null())
        // Sealed in the same way.
        .col(ColumnDef::new("signing_secret").text().null())
        .col(ColumnDef::new("is_active").boolean().not_null().default(true))
        .col(time_null("last_synced_at"))
        // Since when a sealed value in it is known not to be its own.
        .col(time_null("quarantined_at"))
        .col(ColumnDef::new("version").big_integer().not_null().default(1))
        .col(time("created_at"))
        .col(time("updated_at"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_tenant_integrations_tenant_id")
                .from("tenant_integrations", "tenant_id")
                .to("tenants", "id"),
        )
        .to_owned()
}
