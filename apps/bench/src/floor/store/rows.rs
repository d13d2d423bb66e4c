use sqlx::postgres::PgRow;
use sqlx::{Result, Row as _};

use crate::floor::answers::{Admin, Contact, Person, Subscription, Tenant};

pub(super) fn tenant_row(row: &PgRow) -> Result<Tenant> {
    let contact: Option<uuid::Uuid> = row.try_get("contact_id")?;
    let primary_contact = match contact {
        Some(id) => Some(Contact {
            id,
            first_name: row.try_get("contact_first_name")?,
            last_name: row.try_get("contact_last_name")?,
            email: row.try_get("contact_email")?,
            role: row.try_get("contact_role")?,
        }),
        None => None,
    };
    Ok(Tenant {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        subdomain: row.try_get("subdomain")?,
        slug: row.try_get("slug")?,
        plan: row.try_get("plan")?,
        status: row.try_get("status")?,
        website: row.try_get("website")?,
        logo: row.try_get("logo")?,
        description: row.try_get("description")?,
        business_details: row.try_get("business_details")?,
        metadata: row.try_get("metadata")?,
        stripe_customer_id: row.try_get("stripe_customer_id")?,
        primary_contact,
        user_count: row.try_get("user_count")?,
        trial_ends_at: row.try_get("trial_ends_at")?,
        suspended_reason: row.try_get("suspended_reason")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
        deleted_at: row.try_get("deleted_at")?,
        version: row.try_get("version")?,
    })
}

pub(super) fn person_row(row: &PgRow) -> Result<Person> {
    Ok(Person {
        id: row.try_get("id")?,
        tenant_id: row.try_get("tenant_id")?,
        first_name: row.try_get("first_name")?,
        last_name: row.try_get("last_name")?,
        email: row.try_get("email")?,
        role: row.try_get("role")?,
        is_active: row.try_get("is_active")?,
        phone: row.try_get("phone")?,
        avatar: row.try_get("avatar")?,
        last_login_at: row.try_get("last_login_at")?,
        last_activity_at: row.try_get("last_activity_at")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
        version: row.try_get("version")?,
    })
}

pub(super) fn subscription_row(row: &PgRow) -> Result<Subscription> {
    Ok(Subscription {
        plan: row.try_get("plan")?,
        status: row.try_get("status")?,
        price_cents: row.try_get("price_cents")?,
        currency: row.try_get("currency")?,
        current_period_start: row.try_get("current_period_start")?,
        current_period_end: row.try_get("current_period_end")?,
        cancel_at_period_end: row.try_get("cancel_at_period_end")?,
    })
}

/// A super admin's answer lists all permissions.
pub(super) fn admin_row(row: &PgRow) -> Result<Admin> {
    Ok(Admin {
        id: row.try_get("id")?,
        first_name: row.try_get("first_name")?,
        last_name: row.try_get("last_name")?,
        email: row.try_get("email")?,
        role: row.try_get("role")?,
        permissions: PERMISSIONS.to_vec(),
        department: row.try_get("department")?,
        is_active: row.try_get("is_active")?,
        mfa_enabled: row.try_get("mfa_enabled")?,
        must_change_password: row.try_get("must_change_password")?,
        last_login_at: row.try_get("last_login_at")?,
    })
}

#[rustfmt::skip]
const PERMISSIONS: [&str; 23] = [
    "admins:read", "admins:write", "tenants:read", "tenants:write", "tenants:delete", "tenant-users:read",
    "tenant-users:write", "integrations:read", "integrations:write", "usage:read", "usage:write",
    "subscriptions:read", "subscriptions:write", "audit:read", "audit:export", "analytics:read", "support:read",
    "support:write", "notifications:read", "notifications:write", "capricorn:read", "capricorn:sync",
    "workspace:read",
];
