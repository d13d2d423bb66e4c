use sea_orm_migration::prelude::*;

use crate::{run, time, time_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(outbox()).await?;
        manager.create_table(idempotency_keys()).await?;
        manager.create_table(scheduled_marks()).await?;
        run(manager, INDEXES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE scheduled_marks", "DROP TABLE idempotency_keys", "DROP TABLE outbox"]).await
    }
}

const INDEXES: &[&str] = &[
    // What the relay claims and counts: only what is not handled, so it stays small whatever the table's size.
    "CREATE INDEX ix_outbox_due ON outbox (next_attempt_at, id) WHERE done_at IS NULL AND dead_at IS NULL",
    "CREATE INDEX ix_outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL",
    "CREATE INDEX ix_outbox_dead ON outbox (dead_at) WHERE dead_at IS NOT NULL",
    "CREATE INDEX ix_idempotency_keys_expires_at ON idempotency_keys (expires_at)",
];

fn outbox() -> TableCreateStatement {
    Table::create()
        .table("outbox")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("kind").string().not_null())
        .col(ColumnDef::new("subject").string().not_null())
        .col(ColumnDef::new("tenant_id").uuid().null())
        .col(ColumnDef::new("payload").json_binary().not_null())
        // Sealed; gone once the event is handled.
        .col(ColumnDef::new("secret").text().null())
        .col(time("occurred_at"))
        .col(ColumnDef::new("attempts").integer().not_null().default(0))
        // A claim moves this to the end of its lease, so that a dead node's events come back by themselves.
        .col(time("next_attempt_at"))
        .col(time_null("done_at"))
        .col(time_null("dead_at"))
        .col(ColumnDef::new("last_error").text().null())
        .to_owned()
}

fn idempotency_keys() -> TableCreateStatement {
    Table::create()
        .table("idempotency_keys")
        .col(ColumnDef::new("principal").string().not_null())
        .col(ColumnDef::new("route").string().not_null())
        .col(ColumnDef::new("key").string().not_null())
        // Which claimant holds the lease.
        .col(ColumnDef::new("holder").uuid().not_null())
        // Sealed: a bare fingerprint would let one guess at passwords in the body.
        .col(ColumnDef::new("body_hash").text().not_null())
        .col(time("lease_until"))
        .col(time_null("completed_at"))
        .col(ColumnDef::new("status").integer().null())
        .col(ColumnDef::new("headers").json_binary().null())
        // Sealed.
        .col(ColumnDef::new("body").text().null())
        .col(time("created_at"))
        .col(time("expires_at"))
        .primary_key(
            Index::create().name("uq_idempotency_keys_principal_route_key").col("principal").col("route").col("key"),
        )
        .to_owned()
}

fn scheduled_marks() -> TableCreateStatement {
    Table::create()
        .table("scheduled_marks")
        .col(ColumnDef::new("name").string().not_null().primary_key())
        // The tick that was claimed last, by whom, and for how long; one node wins each.
        .col(time("tick"))
        .col(ColumnDef::new("holder").uuid().not_null())
        .col(ColumnDef::new("attempt").integer().not_null())
        .col(time("lease_until"))
        .col(time("claimed_at"))
        .col(time_null("finished_at"))
        .col(ColumnDef::new("last_error").text().null())
        .to_owned()
}
