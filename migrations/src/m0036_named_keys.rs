use sea_orm_migration::prelude::*;

/// What an idempotency key's request made, where that is known before its answer.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let subject = ColumnDef::new("subject").uuid().null().to_owned();
        manager.alter_table(Table::alter().table("idempotency_keys").add_column(subject).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("idempotency_keys").drop_column("subject").to_owned()).await
    }
}
