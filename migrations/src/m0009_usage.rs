//! What workshops use: points, their keys, and rollups of them.

use sea_orm_migration::prelude::*;

use crate::{is_postgres, run, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = is_postgres(manager);
        manager.create_table(usage_metrics(postgres)).await?;
        manager.create_table(usage_keys()).await?;
        manager.create_table(usage_rollups(postgres)).await?;
        run(manager, INDEXES).await?;
        run(manager, if postgres { PARTITIONS } else { SQLITE_INDEXES }).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The parts of usage_metrics go with it.
        run(manager, &["DROP TABLE usage_rollups", "DROP TABLE usage_keys", "DROP TABLE usage_metrics"]).await?;
        if is_postgres(manager) {
            let functions = ["DROP FUNCTION usage_drop_partitions(date)", "DROP FUNCTION usage_make_partition(date)"];
            run(manager, &functions).await?;
        }
        Ok(())
    }
}

const INDEXES: &[&str] = &[
    "CREATE INDEX ix_usage_metrics_metric_type ON usage_metrics (tenant_id, metric_type, date, id)",
    "CREATE INDEX ix_usage_keys_created_at ON usage_keys (created_at)",
];

/// What deletes old points, where they are not dropped with their month.
const SQLITE_INDEXES: &[&str] = &["CREATE INDEX ix_usage_metrics_date ON usage_metrics (date)"];

/// Points of a month of UTC are a partition of their own, so that old ones are dropped at once. The functions run with the
/// rights of whoever migrates: the server may only use tables (docs/operations.md). Both may be called by several
/// at once: their advisory lock is the one of migrations (runner.rs) with a 9 at its end.
const PARTITIONS: &[&str] = &[
    // Made beside the table and then attached: that way nobody who reads or writes has to wait.
    "CREATE FUNCTION usage_make_partition(day date) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS $$
     DECLARE
       first date := date_trunc('month', day)::date;
       part text := 'usage_metrics_' || to_char(first, 'YYYY_MM');
       low text := to_char(first, 'YYYY-MM-DD') || ' 00:00:00+00';
       high text := to_char(first + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00';
     BEGIN
       -- Before the lock and again under it. Looked up in the catalogue: what the session remembers of names may be old.
       FOR look IN 1..2 LOOP
         IF EXISTS (SELECT 1 FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                    WHERE i.inhparent = 'usage_metrics'::regclass AND c.relname = part) THEN
           RETURN false;
         END IF;
         PERFORM pg_advisory_xact_lock(7954896758099832073);
       END LOOP;
       EXECUTE format('CREATE TABLE %I (LIKE usage_metrics INCLUDING ALL)', part);
       EXECUTE format('ALTER TABLE usage_metrics ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part, low, high);
       -- m0012 fences the table. LIKE does not copy that, and whoever reads a part by its name shall be fenced, too.
       IF (SELECT relrowsecurity FROM pg_class WHERE oid = 'usage_metrics'::regclass) THEN
         PERFORM fence_tenant_rows(part::regclass, 'tenant_id');
       END IF;
       RETURN true;
     END $$",
    // Dropping waits for whoever reads the table, and everybody else for it; so it gives up soon.
    "CREATE FUNCTION usage_drop_partitions(before date) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
     SET lock_timeout = '1s' AS $$
     DECLARE
       part text;
       dropped integer := 0;
     BEGIN
       PERFORM pg_advisory_xact_lock(7954896758099832073);
       FOR part IN
         SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
         WHERE i.inhparent = 'usage_metrics'::regclass
           AND c.relname::text COLLATE \"C\" < 'usage_metrics_' || to_char(before, 'YYYY_MM')
       LOOP
         EXECUTE format('DROP TABLE IF EXISTS %I', part);
         dropped := dropped + 1;
       END LOOP;
       RETURN dropped;
     END $$",
    // Nothing of another schema may stand in for ours while they run with the owner's rights.
    "DO $$ BEGIN
       EXECUTE format('ALTER FUNCTION usage_make_partition(date) SET search_path = %I, pg_temp', current_schema());
       EXECUTE format('ALTER FUNCTION usage_drop_partitions(date) SET search_path = %I, pg_temp', current_schema());
     END $$",
    "REVOKE ALL ON FUNCTION usage_make_partition(date), usage_drop_partitions(date) FROM PUBLIC",
    "SELECT usage_make_partition((timezone('UTC', now()) + months * interval '1 month')::date)
     FROM generate_series(-1, 1) AS months",
];

fn column(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name))
}

/// A name that sorts by code point on both engines, whatever the database's locale.
fn metric_type(postgres: bool) -> ColumnDef {
    let mut name = column("metric_type");
    name.string_len(64).not_null();
    if postgres {
        name.extra("COLLATE \"C\"");
    }
    name
}

/// The points themselves. No foreign key: making and dropping a month would lock all workshops. Whoever records holds
/// a lock on the workshop, which is never deleted but softly.
fn usage_metrics(postgres: bool) -> TableCreateStatement {
    Table::create()
        .table("usage_metrics")
        .col(column("tenant_id").uuid().not_null())
        .col(time("date"))
        .col(column("id").uuid().not_null())
        .col(metric_type(postgres))
        // A thousand times the value.
        .col(column("value_milli").big_integer().not_null())
        .col(column("details").json_binary().null())
        .col(time("created_at"))
        .primary_key(Index::create().name("pk_usage_metrics").col("tenant_id").col("date").col("id"))
        .extra(if postgres { "PARTITION BY RANGE (date)" } else { "WITHOUT ROWID" })
        .to_owned()
}

/// Which points were recorded. Apart from them, because what is unique over all months cannot be kept in their parts.
fn usage_keys() -> TableCreateStatement {
    Table::create()
        .table("usage_keys")
        .col(column("tenant_id").uuid().not_null())
        .col(column("key").string_len(255).not_null())
        .col(time("created_at"))
        .primary_key(Index::create().name("uq_usage_keys_tenant_id_key").col("tenant_id").col("key"))
        .to_owned()
}

/// Sums of points over quarters of an hour, hours, six hours and days of UTC: always those of the points that were recorded, also
/// of those that are not kept any more.
fn usage_rollups(postgres: bool) -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("usage_rollups")
        .col(column("tenant_id").uuid().not_null())
        // In quarters of an hour: 1, 4, 24 or 96.
        .col(column("width").small_integer().not_null())
        // With which it begins, counted from 1970.
        .col(column("quarter").integer().not_null())
        .col(metric_type(postgres))
        .col(column("sum_milli").big_integer().not_null())
        .col(column("points").big_integer().not_null())
        // The latest point: for what is a level, such as STORAGE.
        .col(time("last_at"))
        .col(column("last_id").uuid().not_null())
        .col(column("last_milli").big_integer().not_null())
        .primary_key(
            Index::create().name("pk_usage_rollups").col("tenant_id").col("width").col("quarter").col("metric_type"),
        )
        .foreign_key(
            ForeignKey::create()
                .name("fk_usage_rollups_tenant_id")
                .from("usage_rollups", "tenant_id")
                .to("tenants", "id")
                .on_delete(ForeignKeyAction::Cascade),
        );
    if !postgres {
        table.extra("WITHOUT ROWID");
    }
    table.to_owned()
}
