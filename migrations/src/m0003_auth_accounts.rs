use sea_orm_migration::prelude::*;

use crate::{run, time, time_null};

/// Admins, the credentials of tenant users, and one-time tokens.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(admin_users()).await?;
        manager.create_table(tenant_credentials()).await?;
        manager.create_table(one_time_tokens()).await?;
        run(manager, INDEXES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["one_time_tokens", "tenant_credentials", "admin_users"] {
            manager.drop_table(Table::drop().table(Alias::new(table)).if_exists().to_owned()).await?;
        }
        Ok(())
    }
}

const INDEXES: &[&str] = &[
    "CREATE UNIQUE INDEX uq_admin_users_email ON admin_users (email)",
    "CREATE INDEX ix_admin_users_created_at_id ON admin_users (created_at, id)",
    "CREATE INDEX ix_admin_users_role_is_active_id ON admin_users (role, is_active, id)",
    "CREATE INDEX ix_admin_users_is_active_created_at ON admin_users (is_active, created_at, id)",
    "CREATE INDEX ix_admin_users_last_name_id ON admin_users (last_name, id)",
    "CREATE INDEX ix_tenant_credentials_tenant_id ON tenant_credentials (tenant_id)",
    "CREATE UNIQUE INDEX uq_one_time_tokens_token_hash ON one_time_tokens (token_hash)",
    "CREATE INDEX ix_one_time_tokens_subject_purpose ON one_time_tokens (subject, purpose)",
    "CREATE INDEX ix_one_time_tokens_expires_at ON one_time_tokens (expires_at)",
];

fn name(text: &str) -> Alias {
    Alias::new(text)
}

fn admin_users() -> TableCreateStatement {
    Table::create()
        .table(name("admin_users"))
        .col(ColumnDef::new(name("id")).uuid().not_null().primary_key())
        .col(ColumnDef::new(name("first_name")).string_len(100).not_null())
        .col(ColumnDef::new(name("last_name")).string_len(100).not_null())
        .col(ColumnDef::new(name("email")).string_len(254).not_null())
        .col(ColumnDef::new(name("password_hash")).string_len(255).not_null())
        .col(time("password_set_at"))
        .col(ColumnDef::new(name("must_change_password")).boolean().not_null().default(false))
        .col(ColumnDef::new(name("role")).string_len(32).not_null())
        .col(ColumnDef::new(name("department")).string_len(100).null())
        .col(ColumnDef::new(name("phone")).string_len(40).null())
        .col(ColumnDef::new(name("avatar")).string_len(2048).null())
        .col(ColumnDef::new(name("is_active")).boolean().not_null().default(true))
        .col(ColumnDef::new(name("mfa_enabled")).boolean().not_null().default(false))
        .col(ColumnDef::new(name("mfa_secret")).text().null())
        .col(time_null("last_login_at"))
        .col(time_null("last_activity_at"))
        .col(ColumnDef::new(name("generation")).big_integer().not_null().default(1))
        .col(ColumnDef::new(name("version")).big_integer().not_null().default(1))
        .col(time("created_at"))
        .col(time("updated_at"))
        .to_owned()
}

fn tenant_credentials() -> TableCreateStatement {
    Table::create()
        .table(name("tenant_credentials"))
        .col(ColumnDef::new(name("tenant_user_id")).uuid().not_null().primary_key())
        .col(ColumnDef::new(name("tenant_id")).uuid().not_null())
        .col(ColumnDef::new(name("password_hash")).string_len(255).null())
        .col(time_null("password_set_at"))
        .col(ColumnDef::new(name("mfa_enabled")).boolean().not_null().default(false))
        .col(ColumnDef::new(name("mfa_secret")).text().null())
        .col(time("created_at"))
        .col(time("updated_at"))
        .to_owned()
}

fn one_time_tokens() -> TableCreateStatement {
    Table::create()
        .table(name("one_time_tokens"))
        .col(ColumnDef::new(name("id")).uuid().not_null().primary_key())
        .col(ColumnDef::new(name("purpose")).string_len(32).not_null())
        .col(ColumnDef::new(name("audience")).string_len(16).not_null())
        .col(ColumnDef::new(name("tenant_id")).uuid().null())
        .col(ColumnDef::new(name("subject")).uuid().not_null())
        .col(ColumnDef::new(name("token_hash")).string_len(64).not_null())
        .col(ColumnDef::new(name("bound_to")).string_len(64).not_null())
        .col(time("expires_at"))
        .col(time_null("used_at"))
        .col(time_null("revoked_at"))
        .col(time("created_at"))
        .to_owned()
}
