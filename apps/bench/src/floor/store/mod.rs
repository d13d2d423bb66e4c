//! The server's SQL, sent through bare sqlx.

mod create;
mod rows;

use sqlx::{PgPool, Result, Row as _};
use uuid::Uuid;

use super::answers::{Admin, List, Pagination, View};
pub(super) use create::create;
use rows::{admin_row, person_row, subscription_row, tenant_row};

/// What the list and the single view show of a tenant; the same joins as the server's.
macro_rules! summaries {
    ($extra:literal, $rest:literal) => {
        concat!(
            "SELECT tenants.id, tenants.name, tenants.name_folded, tenants.subdomain, tenants.slug, tenants.plan, \
             tenants.status, tenants.status_before_deletion, tenants.primary_contact_id, tenants.website, tenants.logo, \
             tenants.description, tenants.business_details, tenants.metadata, tenants.stripe_customer_id, \
             tenants.trial_ends_at, tenants.suspended_reason, tenants.version, tenants.generation, \
             tenants.created_at, tenants.updated_at, tenants.deleted_at, \
             contact.id AS contact_id, contact.first_name AS contact_first_name, \
             contact.last_name AS contact_last_name, contact.email AS contact_email, contact.role AS contact_role, \
             (SELECT COUNT(*) FROM tenant_users WHERE tenant_users.tenant_id = tenants.id) AS user_count",
            $extra,
            " FROM tenants LEFT JOIN tenant_users AS contact ON tenants.primary_contact_id = contact.id ",
            $rest
        )
    };
}
use summaries;

const FIRST_PAGE: &str = summaries!(
    ", (SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) FROM tenant_counts WHERE deleted = FALSE) AS total",
    "WHERE tenants.deleted_at IS NULL ORDER BY tenants.created_at DESC, tenants.id DESC LIMIT $1"
);
const SEARCH: &str = summaries!(
    ", (SELECT COUNT(*) FROM tenants WHERE deleted_at IS NULL \
     AND (name_folded LIKE $2 ESCAPE '\\' OR subdomain LIKE $2 ESCAPE '\\')) AS total",
    "WHERE tenants.deleted_at IS NULL \
     AND (tenants.name_folded LIKE $2 ESCAPE '\\' OR tenants.subdomain LIKE $2 ESCAPE '\\') \
     ORDER BY tenants.created_at DESC, tenants.id DESC LIMIT $1"
);
const ONE: &str = summaries!("", "WHERE tenants.id = $1 LIMIT 1");
const PEOPLE: &str = "SELECT id, tenant_id, first_name, last_name, email, role, is_active, phone, avatar, \
     last_login_at, last_activity_at, invited_at, invitation_expires_at, accepted_at, version, generation, \
     created_at, updated_at FROM tenant_users WHERE tenant_id = $1 ORDER BY created_at ASC, id ASC LIMIT 100";
const SUBSCRIPTION: &str = "SELECT id, tenant_id, plan, status, price_cents, currency, current_period_start, \
     current_period_end, cancel_at_period_end, version, created_at, updated_at \
     FROM subscriptions WHERE tenant_id = $1";
const ADMIN: &str = "SELECT id, first_name, last_name, email, password_hash, password_set_at, \
     must_change_password, role, department, phone, avatar, is_active, mfa_enabled, mfa_secret, last_login_at, \
     last_activity_at, generation, version, created_at, updated_at FROM admin_users WHERE id = $1";

pub(super) async fn password_hash(pool: &PgPool, email: &str) -> Result<Option<String>> {
    sqlx::query_scalar("SELECT password_hash FROM admin_users WHERE email = $1").bind(email).fetch_optional(pool).await
}

pub(super) async fn admin(pool: &PgPool, id: Uuid) -> Result<Option<Admin>> {
    sqlx::query(ADMIN).bind(id).fetch_optional(pool).await?.as_ref().map(admin_row).transpose()
}

pub(super) async fn first_page(pool: &PgPool, limit: i64) -> Result<List> {
    page(sqlx::query(FIRST_PAGE).bind(limit + 1).fetch_all(pool).await?, limit)
}

pub(super) async fn search(pool: &PgPool, limit: i64, text: &str) -> Result<List> {
    let pattern = format!("%{}%", text.to_lowercase());
    page(sqlx::query(SEARCH).bind(limit + 1).bind(pattern).fetch_all(pool).await?, limit)
}

fn page(rows: Vec<sqlx::postgres::PgRow>, limit: i64) -> Result<List> {
    let total = rows.first().map(|row| row.try_get("total")).transpose()?.unwrap_or_default();
    let shown = usize::try_from(limit).unwrap_or_default();
    let next_cursor = (rows.len() > shown).then(|| "eyJzIjoiLWNyZWF0ZWRBdCIsInYiOiIyMDI2In0".to_owned());
    let tenants = rows.iter().take(shown).map(tenant_row).collect::<Result<_>>()?;
    Ok(List { tenants, pagination: Pagination { total, limit, offset: 0, next_cursor } })
}

pub(super) async fn tenant_view(pool: &PgPool, id: Uuid) -> Result<Option<View>> {
    let Some(tenant) = sqlx::query(ONE).bind(id).fetch_optional(pool).await? else { return Ok(None) };
    let people = sqlx::query(PEOPLE).bind(id).fetch_all(pool).await?;
    let subscription = sqlx::query(SUBSCRIPTION).bind(id).fetch_optional(pool).await?;
    Ok(Some(View {
        tenant: tenant_row(&tenant)?,
        users: people.iter().map(person_row).collect::<Result<_>>()?,
        subscription: subscription.as_ref().map(subscription_row).transpose()?,
        integrations: Vec::new(),
        usage: Vec::new(),
        open_tickets: 0,
    }))
}
