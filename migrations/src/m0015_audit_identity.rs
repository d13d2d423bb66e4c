//! Which database this is: what the audit checkpoints outside of it tell of, whatever its path or host is called.

use sea_orm_migration::prelude::*;

use crate::{is_postgres, run};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(audit_identity()).await?;
        let random = if is_postgres(manager) { "gen_random_uuid()" } else { "randomblob(16)" };
        run(manager, &[&format!("INSERT INTO audit_identity (id) VALUES ({random})")]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE audit_identity"]).await
    }
}

/// One row, made here and never again: a database without it lost it.
fn audit_identity() -> TableCreateStatement {
    Table::create()
        .table("audit_identity")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        // The hash of the first entry of the chain; null until there is one. Set once.
        .col(ColumnDef::new("genesis_hash").string().null())
        .to_owned()
}
