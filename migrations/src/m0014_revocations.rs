use sea_orm_migration::prelude::*;

use crate::{is_postgres, run};

/// Revocations of all sessions of a person but one in a single row, and an order in which no node can miss one.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[if is_postgres(manager) { SPARED_POSTGRES } else { SPARED_SQLITE }]).await?;
        if is_postgres(manager) {
            run(manager, ORDER).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if is_postgres(manager) {
            run(manager, &["ALTER TABLE revocations DROP COLUMN written_by"]).await?;
        }
        // Without it, the access tokens of a spared session die as well: it refreshes once.
        run(manager, &["ALTER TABLE revocations DROP COLUMN spared_session"]).await
    }
}

const SPARED_SQLITE: &str = "ALTER TABLE revocations ADD COLUMN spared_session uuid_text NULL";
const SPARED_POSTGRES: &str = "ALTER TABLE revocations ADD COLUMN spared_session uuid NULL";

/// The transaction that wrote the row. Ids are given before the commit, and a clock may be set; but whatever a snapshot
/// did not see was written by a transaction that is not older than the snapshot's oldest running one.
const ORDER: &[&str] = &[
    "ALTER TABLE revocations ADD COLUMN written_by bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint)",
    "CREATE INDEX ix_revocations_written_by ON revocations (written_by)",
];
