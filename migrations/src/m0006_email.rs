use sea_orm_migration::prelude::*;

use crate::{run, time, time_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(notification_log()).await?;
        manager.create_table(suppressions()).await?;
        run(manager, INDEXES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE suppressions", "DROP TABLE notification_log"]).await
    }
}

const INDEXES: &[&str] = &[
    // What the mail dispatcher takes: only what waits has a next attempt, so it stays small.
    "CREATE INDEX ix_notification_log_due ON notification_log (next_attempt_at, id) WHERE next_attempt_at IS NOT NULL",
    "CREATE UNIQUE INDEX uq_notification_log_once_key ON notification_log (once_key)",
    "CREATE INDEX ix_notification_log_secret ON notification_log (id) WHERE secret IS NOT NULL",
    "CREATE INDEX ix_notification_log_provider ON notification_log (provider_message_id) \
     WHERE provider_message_id IS NOT NULL",
    // One for each filter, together with the order of the lists.
    "CREATE INDEX ix_notification_log_created_at ON notification_log (created_at, id)",
    "CREATE INDEX ix_notification_log_status ON notification_log (status, created_at, id)",
    "CREATE INDEX ix_notification_log_recipient ON notification_log (recipient, created_at, id)",
    "CREATE INDEX ix_notification_log_template ON notification_log (template, created_at, id)",
    "CREATE INDEX ix_notification_log_tenant ON notification_log (tenant_id, created_at, id) \
     WHERE tenant_id IS NOT NULL",
    "CREATE UNIQUE INDEX uq_suppressions_email ON suppressions (email)",
    "CREATE INDEX ix_suppressions_created_at ON suppressions (created_at, id)",
];

/// A message each, from the commit of its cause on.
fn notification_log() -> TableCreateStatement {
    Table::create()
        .table("notification_log")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("event_id").uuid().null())
        .col(ColumnDef::new("tenant_id").uuid().null())
        .col(ColumnDef::new("recipient").text().not_null())
        .col(ColumnDef::new("template").string().not_null())
        .col(ColumnDef::new("channel").string().not_null())
        .col(ColumnDef::new("subject").text().not_null())
        // Without the secret one, which is sealed in `secret` until the message is sent.
        .col(ColumnDef::new("variables").json_binary().not_null())
        .col(ColumnDef::new("secret").text().null())
        // Of messages that may be queued only once, by whatever cause.
        .col(ColumnDef::new("once_key").text().null())
        .col(ColumnDef::new("status").string().not_null())
        .col(ColumnDef::new("attempts").integer().not_null())
        // While PENDING, and only then: when it is due; of a message in hand, when its lease ends.
        .col(time_null("next_attempt_at"))
        // Providers keep an idempotency key for a day: it is not used for longer.
        .col(time_null("first_attempt_at"))
        .col(ColumnDef::new("provider").string().null())
        .col(ColumnDef::new("provider_message_id").text().null())
        .col(ColumnDef::new("error_message").text().null())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(time("created_at"))
        .col(time("updated_at"))
        .col(time_null("sent_at"))
        .to_owned()
}

/// Addresses that nothing is sent to.
fn suppressions() -> TableCreateStatement {
    Table::create()
        .table("suppressions")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("email").text().not_null())
        .col(ColumnDef::new("reason").string().not_null())
        // The message whose fate it was, if it was one's.
        .col(ColumnDef::new("notification_id").uuid().null())
        .col(time("created_at"))
        .to_owned()
}
