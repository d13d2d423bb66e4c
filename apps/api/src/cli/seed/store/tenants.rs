use std::collections::BTreeMap;

use kernel::{StoreError, Tx, fold::fold, input::Word as _};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, OnConflict, Query, Value};
use serde_json::json;
use tenancy::domain::{Plan, TenantStatus};

use super::bulk::{Table, insert_in, row};
use super::people::insert_people_in;
use crate::cli::seed::model::NewTenant;

const TENANTS: Table = Table {
    name: "tenants",
    #[rustfmt::skip]
    columns: &[
        "id", "name", "name_folded", "subdomain", "slug", "plan", "status", "status_before_deletion",
        "primary_contact_id", "website", "business_details", "metadata", "trial_ends_at", "suspended_reason",
        "version", "generation", "created_at", "updated_at", "deleted_at",
    ],
};

const SUBSCRIPTIONS: Table = Table {
    name: "subscriptions",
    #[rustfmt::skip]
    columns: &[
        "id", "tenant_id", "plan", "status", "price_cents", "currency", "current_period_start",
        "current_period_end", "created_at", "updated_at",
    ],
};

/// Inserts workshops with their people and subscriptions, and brings the totals in step.
pub(in crate::cli::seed) async fn insert_tenants_in(
    tx: &mut Tx,
    tenants: &[NewTenant],
    password_hash: &str,
) -> Result<(), StoreError> {
    insert_in(tx, &TENANTS, tenants.iter().map(tenant_row).collect()).await?;
    insert_people_in(tx, tenants, password_hash).await?;
    insert_in(tx, &SUBSCRIPTIONS, tenants.iter().map(subscription_row).collect()).await?;
    count_in(tx, tenants).await
}

fn tenant_row(tenant: &NewTenant) -> Vec<Value> {
    let state = tenant.state;
    row![
        tenant.id.uuid(),
        tenant.name.as_str(),
        fold(&tenant.name),
        tenant.subdomain.as_str(),
        tenant.subdomain.as_str(),
        tenant.plan.as_str(),
        state.status().as_str(),
        state.deleted_at().map(|_| "ACTIVE"),
        tenant.people.first().map(|owner| owner.id.uuid()),
        format!("https://{}.example/", tenant.subdomain),
        tenant.business_details.clone(),
        json!({}),
        state.trial_ends_at(),
        state.suspended_reason(),
        state.version(),
        state.generation(),
        tenant.created_at,
        tenant.updated_at(),
        state.deleted_at(),
    ]
}

fn subscription_row(tenant: &NewTenant) -> Vec<Value> {
    let subscription = &tenant.subscription;
    row![
        subscription.id,
        tenant.id.uuid(),
        tenant.plan.as_str(),
        subscription.status,
        subscription.price_cents,
        "AUD",
        subscription.period_start,
        subscription.period_end,
        tenant.created_at,
        tenant.created_at,
    ]
}

/// Adds the new workshops to the totals by status, plan and deletion; the first shard takes them all.
async fn count_in(tx: &mut Tx, tenants: &[NewTenant]) -> Result<(), StoreError> {
    // In the order in which the server takes these rows' locks too.
    let mut counts: BTreeMap<(TenantStatus, Plan, bool), i64> = BTreeMap::new();
    for tenant in tenants {
        let key = (tenant.state.status(), tenant.plan, tenant.state.deleted_at().is_some());
        *counts.entry(key).or_default() += 1;
    }
    let column = Alias::new;
    for ((status, plan, deleted), count) in counts {
        let added = Expr::col((column("tenant_counts"), column("count"))).add(count);
        let key = [status.as_str().into(), plan.as_str().into(), deleted.into(), 0_i16.into(), count.into()];
        let mut upsert = Query::insert();
        upsert
            .into_table(column("tenant_counts"))
            .columns(["status", "plan", "deleted", "shard", "count"].map(column))
            .values_panic(key)
            .on_conflict(
                OnConflict::columns(["status", "plan", "deleted", "shard"].map(column))
                    .value(column("count"), added)
                    .to_owned(),
            );
        tx.executor().execute(&upsert).await?;
    }
    Ok(())
}
