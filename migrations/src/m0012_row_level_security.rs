//! The second fence: on PostgreSQL a workshop's transaction touches no other workshop's rows, whatever its query says.
//! docs/adr/0008-row-level-security.md tells why it is built like this.
//!
//! A later step that makes a table with a tenant fences it with `SELECT fence_tenant_rows('table', 'tenant_id')`; a test
//! fails until it does (crates/platform/tests/fence.rs).

use sea_orm_migration::prelude::*;

use crate::{is_postgres, run};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Tables whose rows belong to a workshop, and the column that tells which. Where the column may be null, rows without a
/// workshop are the business of staff and the background.
const FENCED: &[(&str, &str)] = &[
    ("tenants", "id"),
    ("tenant_users", "tenant_id"),
    ("subscriptions", "tenant_id"),
    ("trial_warnings", "tenant_id"),
    ("tenant_integrations", "tenant_id"),
    ("usage_metrics", "tenant_id"),
    ("usage_keys", "tenant_id"),
    ("usage_rollups", "tenant_id"),
    ("api_call_days", "tenant_id"),
    ("support_tickets", "tenant_id"),
    ("support_messages", "tenant_id"),
    ("support_ticket_history", "tenant_id"),
    ("tenant_credentials", "tenant_id"),
    ("tenant_sessions", "tenant_id"),
    ("one_time_tokens", "tenant_id"),
    ("admin_audit_log", "tenant_id"),
    ("notification_log", "tenant_id"),
    ("outbox", "tenant_id"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !is_postgres(manager) {
            return Ok(());
        }
        run(manager, FUNCTIONS).await?;
        for (table, column) in FENCED {
            run(manager, &[&format!("SELECT fence_tenant_rows('{table}', '{column}')")]).await?;
        }
        run(manager, &[PARTITIONS_THAT_ARE_THERE]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !is_postgres(manager) {
            return Ok(());
        }
        run(manager, &[UNFENCE, "DROP FUNCTION fence_tenant_rows(regclass, name)", "DROP FUNCTION sees_all_tenants()"])
            .await
    }
}

const FUNCTIONS: &[&str] = &[
    // Called immutable, though it reads a setting, so that the planner asks it and plans with the answer: staff's queries
    // then have no condition at all, and a workshop's can find their rows along an index that begins with the tenant. As a
    // condition of the plan it would stand before every other one, and search could not use its indexes any more. It is
    // true as long as a connection keeps its setting, because plans belong to connections; the server's keep theirs.
    // Its body is parsed here and now, so that no schema of the caller's can stand in for what it names.
    "CREATE FUNCTION sees_all_tenants() RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE \
     RETURN coalesce(pg_catalog.current_setting('nextcrm.scope', true) = 'all', false)",
    // FORCE, or it does not bind the owner. What may be seen may be written, too: the policy has no WITH CHECK of its own.
    // The tenant's setting is read by a sub-select, which is carried out once and not for each row.
    "CREATE FUNCTION fence_tenant_rows(fenced regclass, tenant_column name) RETURNS void LANGUAGE plpgsql AS $$
     BEGIN
       EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', fenced);
       EXECUTE format('CREATE POLICY tenant_fence ON %s USING (sees_all_tenants() OR '
         '%I = (SELECT nullif(pg_catalog.current_setting(''nextcrm.tenant'', true), '''')::uuid))', fenced, tenant_column);
     END $$",
    // For the owner's migrations and partitions only.
    "REVOKE ALL ON FUNCTION fence_tenant_rows(regclass, name) FROM PUBLIC",
];

/// Queries go to the parent and heed its policy only; this is for whoever reads a part by its name, such as pg_dump.
/// `usage_make_partition` fences those to come.
const PARTITIONS_THAT_ARE_THERE: &str = "SELECT fence_tenant_rows(inhrelid::regclass, 'tenant_id') FROM pg_inherits \
     WHERE inhparent = 'usage_metrics'::regclass";

const UNFENCE: &str = "DO $$
     DECLARE
       fenced regclass;
     BEGIN
       FOR fenced IN SELECT polrelid::regclass FROM pg_policy WHERE polname = 'tenant_fence' LOOP
         EXECUTE format('DROP POLICY tenant_fence ON %s', fenced);
         EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY', fenced);
       END LOOP;
     END $$";
