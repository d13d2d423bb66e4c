use sea_orm_migration::prelude::*;

use crate::{run, time, time_null};

/// Sessions of admins and of tenant users, counts of sign-in tries, and revocations of access tokens.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut admins = sessions("admin_sessions");
        admins.col(ColumnDef::new(name("admin_id")).uuid().not_null()).foreign_key(
            ForeignKey::create()
                .name("fk_admin_sessions_admin_id")
                .from(name("admin_sessions"), name("admin_id"))
                .to(name("admin_users"), name("id"))
                .on_delete(ForeignKeyAction::Cascade),
        );
        manager.create_table(admins).await?;
        let mut tenants = sessions("tenant_sessions");
        tenants.col(ColumnDef::new(name("tenant_id")).uuid().not_null());
        tenants.col(ColumnDef::new(name("tenant_user_id")).uuid().not_null());
        manager.create_table(tenants).await?;
        manager.create_table(sign_in_attempts()).await?;
        manager.create_table(revocations()).await?;
        run(manager, INDEXES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["revocations", "sign_in_attempts", "tenant_sessions", "admin_sessions"] {
            manager.drop_table(Table::drop().table(name(table)).if_exists().to_owned()).await?;
        }
        Ok(())
    }
}

const INDEXES: &[&str] = &[
    "CREATE INDEX ix_admin_sessions_admin_id_last_activity_at ON admin_sessions (admin_id, last_activity_at)",
    "CREATE INDEX ix_admin_sessions_expires_at ON admin_sessions (expires_at)",
    "CREATE INDEX ix_tenant_sessions_tenant_user_id_last_activity_at
        ON tenant_sessions (tenant_user_id, last_activity_at)",
    "CREATE INDEX ix_tenant_sessions_tenant_id_expires_at ON tenant_sessions (tenant_id, expires_at)",
    "CREATE INDEX ix_tenant_sessions_expires_at ON tenant_sessions (expires_at)",
    "CREATE INDEX ix_sign_in_attempts_updated_at ON sign_in_attempts (updated_at)",
    "CREATE INDEX ix_revocations_created_at ON revocations (created_at)",
    "CREATE INDEX ix_revocations_expires_at ON revocations (expires_at)",
];

fn name(text: &str) -> Alias {
    Alias::new(text)
}

fn sessions(table: &str) -> TableCreateStatement {
    Table::create()
        .table(name(table))
        .col(ColumnDef::new(name("id")).uuid().not_null().primary_key())
        .col(ColumnDef::new(name("counter")).big_integer().not_null())
        .col(time("rotated_at"))
        .col(ColumnDef::new(name("ip_address")).string_len(45).null())
        .col(ColumnDef::new(name("user_agent")).string_len(512).null())
        .col(time("last_activity_at"))
        .col(time("expires_at"))
        .col(time("ends_at"))
        .col(time_null("revoked_at"))
        .col(ColumnDef::new(name("revoked_reason")).string_len(32).null())
        .col(time("created_at"))
        .col(time("updated_at"))
        .to_owned()
}

fn sign_in_attempts() -> TableCreateStatement {
    Table::create()
        .table(name("sign_in_attempts"))
        .col(ColumnDef::new(name("key")).string_len(64).not_null().primary_key())
        .col(ColumnDef::new(name("tries")).big_integer().not_null())
        .col(time("window_started_at"))
        .col(time_null("locked_until"))
        .col(time("created_at"))
        .col(time("updated_at"))
        .to_owned()
}

fn revocations() -> TableCreateStatement {
    Table::create()
        .table(name("revocations"))
        .col(ColumnDef::new(name("id")).big_integer().not_null().auto_increment().primary_key())
        .col(ColumnDef::new(name("kind")).string_len(16).not_null())
        .col(ColumnDef::new(name("subject")).uuid().not_null())
        .col(ColumnDef::new(name("min_generation")).big_integer().not_null())
        .col(time("created_at"))
        .col(time("expires_at"))
        .to_owned()
}
