//! The ports over SQLite and PostgreSQL; the only place of this crate with queries.

mod entity;
mod members;
mod people;
mod person_names;
mod rows;
mod subscriptions;
mod tenant_list;
mod tenant_plans;
mod tenant_totals;
mod tenants;
mod trials;

pub use members::MemberStore;
pub use people::PersonStore;
pub(crate) use subscriptions::SubscriptionStore;
pub use tenants::TenantStore;
pub(crate) use trials::TrialStore;
