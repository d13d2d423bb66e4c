//! The JSON of the answers, as the server gives it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

#[derive(Serialize)]
pub(super) struct Verified {
    pub(super) user: Admin,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Admin {
    pub(super) id: Uuid,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) email: String,
    pub(super) role: String,
    pub(super) permissions: Vec<&'static str>,
    pub(super) department: Option<String>,
    pub(super) is_active: bool,
    pub(super) mfa_enabled: bool,
    pub(super) must_change_password: bool,
    pub(super) last_login_at: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
pub(super) struct Single<T> {
    pub(super) tenant: T,
}

#[derive(Serialize)]
pub(super) struct List {
    pub(super) tenants: Vec<Tenant>,
    pub(super) pagination: Pagination,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pagination {
    pub(super) total: i64,
    pub(super) limit: i64,
    pub(super) offset: i64,
    pub(super) next_cursor: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tenant {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) subdomain: String,
    pub(super) slug: String,
    pub(super) plan: String,
    pub(super) status: String,
    pub(super) website: Option<String>,
    pub(super) logo: Option<String>,
    pub(super) description: Option<String>,
    pub(super) business_details: Value,
    pub(super) metadata: Value,
    pub(super) stripe_customer_id: Option<String>,
    pub(super) primary_contact: Option<Contact>,
    pub(super) user_count: i64,
    pub(super) trial_ends_at: Option<DateTime<Utc>>,
    pub(super) suspended_reason: Option<String>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) deleted_at: Option<DateTime<Utc>>,
    pub(super) version: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Contact {
    pub(super) id: Uuid,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) email: String,
    pub(super) role: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct View {
    #[serde(flatten)]
    pub(super) tenant: Tenant,
    pub(super) users: Vec<Person>,
    pub(super) subscription: Option<Subscription>,
    pub(super) integrations: Vec<Value>,
    pub(super) usage: Vec<Value>,
    pub(super) open_tickets: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Person {
    pub(super) id: Uuid,
    pub(super) tenant_id: Uuid,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) email: String,
    pub(super) role: String,
    pub(super) is_active: bool,
    pub(super) phone: Option<String>,
    pub(super) avatar: Option<String>,
    pub(super) last_login_at: Option<DateTime<Utc>>,
    pub(super) last_activity_at: Option<DateTime<Utc>>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) version: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Subscription {
    pub(super) plan: String,
    pub(super) status: String,
    pub(super) price_cents: i64,
    pub(super) currency: String,
    pub(super) current_period_start: DateTime<Utc>,
    pub(super) current_period_end: DateTime<Utc>,
    pub(super) cancel_at_period_end: bool,
}
