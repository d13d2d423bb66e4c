//! Workshops, their people, their subscription, and the totals of the list of workshops.

use sea_orm_migration::prelude::*;

use crate::{is_postgres, run, time, time_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(tenants(is_postgres(manager))).await?;
        manager.create_table(tenant_users()).await?;
        manager.create_table(subscriptions()).await?;
        manager.create_table(tenant_counts()).await?;
        run(manager, INDEXES).await?;
        if is_postgres(manager) {
            run(manager, TRIGRAMS).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["tenant_counts", "subscriptions", "tenant_users", "tenants"] {
            manager.drop_table(Table::drop().table(Alias::new(table)).to_owned()).await?;
        }
        Ok(())
    }
}

/// Every order of the list has an index that ends in the id, so that the first page and the page after a
/// cursor are short walks along an index, however many workshops there are. The usual list hides deleted
/// workshops, hence the partial ones; the others serve `includeDeleted`.
const INDEXES: &[&str] = &[
    "CREATE UNIQUE INDEX uq_tenants_subdomain ON tenants (subdomain)",
    "CREATE UNIQUE INDEX uq_tenants_slug ON tenants (slug)",
    "CREATE INDEX ix_tenants_created_at ON tenants (created_at, id)",
    "CREATE INDEX ix_tenants_name_folded ON tenants (name_folded, id)",
    "CREATE INDEX ix_tenants_status ON tenants (status, id)",
    "CREATE INDEX ix_tenants_plan ON tenants (plan, id)",
    "CREATE INDEX ix_tenants_live_created_at ON tenants (created_at, id) WHERE deleted_at IS NULL",
    "CREATE INDEX ix_tenants_live_name_folded ON tenants (name_folded, id) WHERE deleted_at IS NULL",
    "CREATE INDEX ix_tenants_live_subdomain ON tenants (subdomain, id) WHERE deleted_at IS NULL",
    "CREATE INDEX ix_tenants_live_status ON tenants (status, id) WHERE deleted_at IS NULL",
    "CREATE INDEX ix_tenants_live_plan ON tenants (plan, id) WHERE deleted_at IS NULL",
    "CREATE INDEX ix_tenants_live_status_created_at ON tenants (status, created_at, id) WHERE deleted_at IS NULL",
    "CREATE INDEX ix_tenants_live_plan_created_at ON tenants (plan, created_at, id) WHERE deleted_at IS NULL",
    "CREATE INDEX ix_tenants_live_status_plan ON tenants (status, plan, created_at, id) WHERE deleted_at IS NULL",
    "CREATE INDEX ix_tenants_trial_ends_at ON tenants (trial_ends_at) WHERE trial_ends_at IS NOT NULL",
    "CREATE UNIQUE INDEX uq_tenant_users_tenant_id_email ON tenant_users (tenant_id, email)",
    "CREATE INDEX ix_tenant_users_created_at ON tenant_users (tenant_id, created_at, id)",
    "CREATE INDEX ix_tenant_users_last_name ON tenant_users (tenant_id, last_name, id)",
    "CREATE INDEX ix_tenant_users_role ON tenant_users (tenant_id, role, id)",
    "CREATE UNIQUE INDEX uq_subscriptions_tenant_id ON subscriptions (tenant_id)",
    "CREATE INDEX ix_subscriptions_status ON subscriptions (status, current_period_end)",
];

/// Search looks for the text anywhere in the name or the subdomain.
const TRIGRAMS: &[&str] = &[
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX ix_tenants_name_folded_trigram ON tenants USING gin (name_folded gin_trgm_ops)",
    "CREATE INDEX ix_tenants_subdomain_trigram ON tenants USING gin (subdomain gin_trgm_ops)",
];

fn column(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name))
}

/// Text that sorts by code point on both engines, whatever the database's locale.
fn sorted_text(name: &str, length: u32, postgres: bool) -> ColumnDef {
    let mut text = column(name);
    text.string_len(length).not_null();
    if postgres {
        text.extra("COLLATE \"C\"");
    }
    text
}

fn tenants(postgres: bool) -> TableCreateStatement {
    Table::create()
        .table(Alias::new("tenants"))
        .col(column("id").uuid().not_null().primary_key())
        .col(column("name").string_len(120).not_null())
        // The name in lower case: what the list sorts by and search looks in. Folded by the application,
        // because SQLite's lower() knows only ASCII.
        .col(sorted_text("name_folded", 360, postgres))
        .col(sorted_text("subdomain", 63, postgres))
        .col(column("slug").string_len(80).not_null())
        .col(column("plan").string_len(16).not_null())
        .col(column("status").string_len(16).not_null())
        .col(column("status_before_deletion").string_len(16).null())
        .col(column("primary_contact_id").uuid().null())
        .col(column("website").string_len(2048).null())
        .col(column("logo").string_len(2048).null())
        .col(column("description").text().null())
        .col(column("business_details").json_binary().not_null())
        .col(column("metadata").json_binary().not_null())
        .col(column("stripe_customer_id").string_len(255).null())
        .col(time_null("trial_ends_at"))
        .col(column("suspended_reason").string_len(500).null())
        .col(column("version").big_integer().not_null().default(1))
        .col(column("generation").big_integer().not_null().default(1))
        .col(time("created_at"))
        .col(time("updated_at"))
        .col(time_null("deleted_at"))
        .to_owned()
}

fn tenant_users() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("tenant_users"))
        .col(column("id").uuid().not_null().primary_key())
        .col(column("tenant_id").uuid().not_null())
        .col(column("first_name").string_len(100).not_null())
        .col(column("last_name").string_len(100).not_null())
        .col(column("email").string_len(254).not_null())
        .col(column("role").string_len(16).not_null())
        .col(column("is_active").boolean().not_null().default(true))
        .col(column("phone").string_len(40).null())
        .col(column("avatar").string_len(2048).null())
        .col(time_null("last_login_at"))
        .col(time_null("last_activity_at"))
        .col(time_null("invited_at"))
        .col(time_null("invitation_expires_at"))
        .col(time_null("accepted_at"))
        .col(column("version").big_integer().not_null().default(1))
        .col(column("generation").big_integer().not_null().default(1))
        .col(time("created_at"))
        .col(time("updated_at"))
        .foreign_key(&mut belongs_to_tenant("fk_tenant_users_tenant_id", "tenant_users"))
        .to_owned()
}

fn subscriptions() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("subscriptions"))
        .col(column("id").uuid().not_null().primary_key())
        .col(column("tenant_id").uuid().not_null())
        .col(column("plan").string_len(16).not_null())
        .col(column("status").string_len(16).not_null())
        .col(column("price_cents").big_integer().not_null())
        .col(column("currency").string_len(3).not_null())
        .col(time("current_period_start"))
        .col(time("current_period_end"))
        .col(column("cancel_at_period_end").boolean().not_null().default(false))
        .col(column("external_customer_id").string_len(255).null())
        .col(column("external_subscription_id").string_len(255).null())
        .col(column("version").big_integer().not_null().default(1))
        .col(time("created_at"))
        .col(time("updated_at"))
        .foreign_key(&mut belongs_to_tenant("fk_subscriptions_tenant_id", "subscriptions"))
        .to_owned()
}

/// How many workshops there are of each status and plan, deleted or not, kept in step with every change.
/// A number is the sum over its shards, so that two changes seldom wait for the same row.
fn tenant_counts() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("tenant_counts"))
        .col(column("status").string_len(16).not_null())
        .col(column("plan").string_len(16).not_null())
        .col(column("deleted").boolean().not_null())
        .col(column("shard").small_integer().not_null())
        .col(column("count").big_integer().not_null())
        .primary_key(
            Index::create()
                .name("pk_tenant_counts")
                .col(Alias::new("status"))
                .col(Alias::new("plan"))
                .col(Alias::new("deleted"))
                .col(Alias::new("shard")),
        )
        .to_owned()
}

fn belongs_to_tenant(name: &str, table: &str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(name)
        .from(Alias::new(table), Alias::new("tenant_id"))
        .to(Alias::new("tenants"), Alias::new("id"))
        .to_owned()
}
