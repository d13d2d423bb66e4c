//! The ports over SQLite and PostgreSQL; the only place of this crate with queries.

mod api_calls;
mod entity;
mod integrations;
mod integrations_reseal;
mod members;
mod people;
mod person_names;
mod rows;
mod subscriptions;
mod tenant_list;
mod tenant_totals;
mod tenants;
mod trials;
mod usage;

pub use api_calls::ApiCallStore;
pub use integrations::IntegrationStore;
pub use members::MemberStore;
pub use people::PersonStore;
pub use subscriptions::SubscriptionStore;
pub use tenants::TenantStore;
pub use trials::TrialStore;
pub use usage::UsageStore;
