use sea_orm_migration::prelude::*;

use crate::run;

/// Why the other service refused a connection when it was last used.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["ALTER TABLE tenant_integrations ADD COLUMN last_error text"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["ALTER TABLE tenant_integrations DROP COLUMN last_error"]).await
    }
}
