use sea_orm_migration::prelude::*;

use crate::{run, time, time_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(admin_audit_log()).await?;
        manager.create_table(audit_person_keys()).await?;
        manager.create_table(audit_archives()).await?;
        run(manager, INDEXES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE audit_archives", "DROP TABLE audit_person_keys", "DROP TABLE admin_audit_log"]).await
    }
}

const INDEXES: &[&str] = &[
    "CREATE UNIQUE INDEX uq_admin_audit_log_sequence ON admin_audit_log (sequence)",
    // What the sealer takes: only entries without a place in the chain, so it stays small.
    "CREATE INDEX ix_admin_audit_log_unsealed ON admin_audit_log (created_at, id) WHERE sequence IS NULL",
    // One for each filter, together with the order of the lists. The partial ones leave out what cannot be asked for.
    "CREATE INDEX ix_admin_audit_log_created_at ON admin_audit_log (created_at, id)",
    "CREATE INDEX ix_admin_audit_log_tenant ON admin_audit_log (tenant_id, created_at, id) WHERE tenant_id IS NOT NULL",
    "CREATE INDEX ix_admin_audit_log_tenant_user ON admin_audit_log (tenant_user_id, created_at, id) \
     WHERE tenant_user_id IS NOT NULL",
    "CREATE INDEX ix_admin_audit_log_actor ON admin_audit_log (actor_id, created_at, id) WHERE actor_id IS NOT NULL",
    "CREATE INDEX ix_admin_audit_log_action ON admin_audit_log (action, created_at, id)",
    "CREATE INDEX ix_admin_audit_log_resource ON admin_audit_log (resource, created_at, id)",
    "CREATE INDEX ix_admin_audit_log_resource_id ON admin_audit_log (resource_id, created_at, id) \
     WHERE resource_id IS NOT NULL",
    "CREATE INDEX ix_admin_audit_log_status ON admin_audit_log (status_code, created_at, id)",
];

fn admin_audit_log() -> TableCreateStatement {
    Table::create()
        .table("admin_audit_log")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        // The place in the chain, 1, 2, 3, ...; null for the moment between the commit and the sealing.
        .col(ColumnDef::new("sequence").big_integer().null())
        .col(ColumnDef::new("actor_type").string().not_null())
        .col(ColumnDef::new("actor_id").uuid().null())
        .col(ColumnDef::new("actor_role").string().null())
        .col(ColumnDef::new("action").string().not_null())
        .col(ColumnDef::new("resource").string().not_null())
        .col(ColumnDef::new("resource_id").text().null())
        .col(ColumnDef::new("tenant_id").uuid().null())
        .col(ColumnDef::new("tenant_user_id").uuid().null())
        .col(ColumnDef::new("changes").json_binary().null())
        .col(ColumnDef::new("status_code").integer().not_null())
        .col(ColumnDef::new("error_message").text().null())
        .col(ColumnDef::new("ip_address").text().null())
        .col(ColumnDef::new("user_agent").text().null())
        .col(ColumnDef::new("request_id").text().not_null())
        .col(time("created_at"))
        // Lower-case hexadecimal, 64 digits each; written by the sealer together with `sequence`.
        .col(ColumnDef::new("personal_digest").string().null())
        .col(ColumnDef::new("previous_hash").string().null())
        .col(ColumnDef::new("hash").string().null())
        .to_owned()
}

/// A salt per person makes the key under which their address and user agent are digested; without it (erased)
/// the digests tell nothing any more.
fn audit_person_keys() -> TableCreateStatement {
    Table::create()
        .table("audit_person_keys")
        .col(ColumnDef::new("person_id").uuid().not_null().primary_key())
        // 32 bytes in hexadecimal; null once the person is erased.
        .col(ColumnDef::new("salt").string().null())
        // Proves, under a key outside the database, that the salt was taken away on purpose.
        .col(ColumnDef::new("erasure_proof").string().null())
        .col(time("created_at"))
        .col(time_null("erased_at"))
        .to_owned()
}

/// Stretches of the chain that were moved to files; verification of what is left starts at the last head.
fn audit_archives() -> TableCreateStatement {
    Table::create()
        .table("audit_archives")
        .col(ColumnDef::new("first_sequence").big_integer().not_null().primary_key())
        .col(ColumnDef::new("last_sequence").big_integer().not_null())
        .col(ColumnDef::new("entries").big_integer().not_null())
        .col(ColumnDef::new("head_hash").string().not_null())
        .col(ColumnDef::new("file").string().not_null())
        // Over all of the above, so that a cut head cannot be passed off as an archive.
        .col(ColumnDef::new("mac").string().not_null())
        .col(time("created_at"))
        .to_owned()
}
