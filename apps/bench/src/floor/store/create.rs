use kernel::{Clock as _, Entropy as _, OsEntropy, SystemClock};
use serde_json::json;
use sqlx::{PgPool, Result};

use super::{rows::tenant_row, summaries};
use crate::floor::answers::Tenant;

const TENANT: &str = "INSERT INTO tenants (id, name, name_folded, subdomain, slug, plan, status, \
     status_before_deletion, primary_contact_id, website, logo, description, business_details, metadata, \
     stripe_customer_id, trial_ends_at, suspended_reason, version, generation, created_at, updated_at, deleted_at) \
     VALUES ($1, $2, $3, $4, $5, $6, 'ACTIVE', NULL, NULL, NULL, NULL, NULL, $7, $7, NULL, NULL, NULL, 1, 1, $8, $8, NULL)";
const TOTAL: &str = "INSERT INTO tenant_counts (status, plan, deleted, shard, count) VALUES ('ACTIVE', $1, FALSE, $2, 1) \
     ON CONFLICT (status, plan, deleted, shard) DO UPDATE SET count = tenant_counts.count + excluded.count";
const AUDIT: &str = "INSERT INTO admin_audit_log (id, actor_type, actor_id, actor_role, action, resource, resource_id, \
     tenant_id, changes, status_code, ip_address, user_agent, request_id, created_at) \
     VALUES ($1, 'ADMIN', $2, 'SUPER_ADMIN', 'TENANT_CREATED', 'tenant', $3, $4, $5, 201, '127.0.0.1', \
     'nextcrm-bench', $6, $7)";
const CREATED: &str = summaries!("", "WHERE tenants.id = $1 LIMIT 1");

/// The statements of a tenant's creation, in one transaction.
pub(in crate::floor) async fn create(pool: &PgPool, name: &str, subdomain: &str, plan: &str) -> Result<Tenant> {
    let now = SystemClock.now();
    let (id, entry) = (OsEntropy.uuid_v7(now), OsEntropy.uuid_v7(now));
    let shard = i16::from(id.as_bytes()[15] % 8);
    let changes = json!({
        "name": { "from": null, "to": name },
        "subdomain": { "from": null, "to": subdomain },
        "plan": { "from": null, "to": plan },
        "status": { "from": null, "to": "ACTIVE" },
    });
    let mut tx = pool.begin().await?;
    sqlx::query(TENANT)
        .bind(id)
        .bind(name)
        .bind(kernel::fold::fold(name))
        .bind(subdomain)
        .bind(subdomain)
        .bind(plan)
        .bind(json!({}))
        .bind(now)
        .execute(&mut *tx)
        .await?;
    sqlx::query(TOTAL).bind(plan).bind(shard).execute(&mut *tx).await?;
    sqlx::query(AUDIT)
        .bind(entry)
        .bind(id)
        .bind(id.to_string())
        .bind(id)
        .bind(changes)
        .bind(entry.to_string())
        .bind(now)
        .execute(&mut *tx)
        .await?;
    let created = sqlx::query(CREATED).bind(id).fetch_one(&mut *tx).await?;
    tx.commit().await?;
    tenant_row(&created)
}
