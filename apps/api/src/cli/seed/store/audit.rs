use kernel::{StoreError, Tx};

use super::bulk::{Table, insert_in, row};
use crate::cli::seed::model::NewEntry;

const ADMIN_AUDIT_LOG: Table = Table {
    name: "admin_audit_log",
    #[rustfmt::skip]
    columns: &[
        "id", "actor_type", "actor_id", "actor_role", "action", "resource", "resource_id", "tenant_id",
        "tenant_user_id", "changes", "status_code", "error_message", "ip_address", "user_agent", "request_id",
        "created_at",
    ],
};

const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// Inserts entries without a seal; the server's sealer chains them in the order of their times.
pub(in crate::cli::seed) async fn insert_entries_in(tx: &mut Tx, entries: &[NewEntry]) -> Result<(), StoreError> {
    let rows = entries
        .iter()
        .map(|entry| {
            let changes = (!entry.changes.is_empty()).then(|| entry.changes.to_value());
            row![
                entry.id.uuid(),
                "ADMIN",
                entry.actor.map(|(id, _)| id.uuid()),
                entry.actor.map(|(_, role)| role.as_str()),
                entry.action,
                entry.resource,
                entry.resource_id.clone(),
                entry.tenant_id.map(|id| id.uuid()),
                entry.tenant_user_id.map(|id| id.uuid()),
                changes,
                entry.status_code,
                entry.error_message,
                entry.ip_address.as_str(),
                USER_AGENT,
                format!("seed-{}", entry.id.uuid().simple()),
                entry.created_at,
            ]
        })
        .collect();
    insert_in(tx, &ADMIN_AUDIT_LOG, rows).await
}
