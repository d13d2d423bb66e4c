use sea_orm_migration::prelude::*;

use crate::{is_postgres, run, time, time_null};

/// The leased queue, each consumer's deliveries of events in it, and the order in which waiting mail is taken.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(work_items()).await?;
        manager.create_table(paused_queues()).await?;
        let rank = Table::alter().table("notification_log").add_column(time_null("rank_at")).to_owned();
        manager.alter_table(rank).await?;
        run(manager, STATEMENTS).await?;
        move_events(manager).await?;
        if is_postgres(manager) {
            run(manager, &["SELECT fence_tenant_rows('work_items', 'tenant_id')"]).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                "DROP INDEX ix_outbox_occurred_at",
                "DROP INDEX ix_notification_log_waiting",
                "DROP INDEX ix_notification_log_rank",
                "ALTER TABLE notification_log DROP COLUMN rank_at",
                "DROP TABLE paused_queues",
                "DROP TABLE work_items",
            ],
        )
        .await
    }
}

const STATEMENTS: &[&str] = &[
    "CREATE UNIQUE INDEX uq_work_items_queue_key ON work_items (queue, key)",
    // What is claimed and counted: only what waits, so they stay small whatever the table's size.
    "CREATE INDEX ix_work_items_rank ON work_items (queue, rank_at, id) WHERE next_attempt_at IS NOT NULL",
    "CREATE INDEX ix_work_items_tenant ON work_items (queue, tenant_id, rank_at) WHERE next_attempt_at IS NOT NULL",
    "CREATE INDEX ix_work_items_sequence ON work_items (queue, sequence, id) \
     WHERE next_attempt_at IS NOT NULL AND sequence IS NOT NULL",
    "CREATE INDEX ix_work_items_event ON work_items (event_id) WHERE event_id IS NOT NULL",
    "CREATE INDEX ix_work_items_done ON work_items (ended_at) WHERE state = 'DONE'",
    "CREATE INDEX ix_work_items_dead ON work_items (queue, id) WHERE state IN ('FAILED', 'UNKNOWN')",
    "CREATE INDEX ix_outbox_occurred_at ON outbox (occurred_at)",
    "UPDATE notification_log SET rank_at = next_attempt_at WHERE next_attempt_at IS NOT NULL",
    "CREATE INDEX ix_notification_log_rank ON notification_log (rank_at, id) WHERE next_attempt_at IS NOT NULL",
    "CREATE INDEX ix_notification_log_waiting ON notification_log (tenant_id, rank_at) WHERE next_attempt_at IS NOT NULL",
];

/// The one event that somebody acted on is an item now; the server that published it may not come to it. The others of before
/// have other names and tell more than events may; nobody waits for them.
async fn move_events(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let payload = if is_postgres(manager) {
        "jsonb_set(payload, '{id}', to_jsonb(id::text))"
    } else {
        "json_set(payload, '$.id', lower(hex(id)))"
    };
    let asked = format!(
        "INSERT INTO work_items (queue, payload, state, attempts, rank_at, next_attempt_at, created_at) \
         SELECT 'auth.password_reset_links', {payload}, 'WAITING', attempts, next_attempt_at, next_attempt_at, occurred_at \
         FROM outbox WHERE kind = 'auth.password_reset_asked' AND done_at IS NULL AND dead_at IS NULL"
    );
    run(manager, &[&asked, "DELETE FROM outbox"]).await
}

/// Things to do, of all queues.
fn work_items() -> TableCreateStatement {
    Table::create()
        .table("work_items")
        // In the order in which they were added.
        .col(ColumnDef::new("id").big_integer().not_null().auto_increment().primary_key())
        .col(ColumnDef::new("queue").string().not_null())
        // Under which the queue takes an item only once.
        .col(ColumnDef::new("key").text().null())
        .col(ColumnDef::new("tenant_id").uuid().null())
        // What it delivers, if it is an event.
        .col(ColumnDef::new("event_id").uuid().null())
        // Those of one sequence are done one after the other.
        .col(ColumnDef::new("sequence").text().null())
        .col(ColumnDef::new("payload").json_binary().not_null())
        // WAITING, DONE, FAILED or UNKNOWN.
        .col(ColumnDef::new("state").string().not_null())
        .col(ColumnDef::new("attempts").integer().not_null())
        // The order of those that are due; behind those of its tenant that were waiting already.
        .col(time_null("rank_at"))
        // While it waits, and only then: when it is due; of one in hand, when its lease ends.
        .col(time_null("next_attempt_at"))
        .col(time_null("first_attempt_at"))
        .col(time_null("ended_at"))
        .col(ColumnDef::new("last_error").text().null())
        .col(time("created_at"))
        .to_owned()
}

/// Queues that nobody is to work on for now.
fn paused_queues() -> TableCreateStatement {
    Table::create()
        .table("paused_queues")
        .col(ColumnDef::new("queue").string().not_null().primary_key())
        .col(time("created_at"))
        .to_owned()
}
