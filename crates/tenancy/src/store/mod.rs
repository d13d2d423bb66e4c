//! The ports over SQLite and PostgreSQL; the only place of this crate with queries.

mod entity;
mod keyset;
mod members;
mod people;
mod person_names;
mod rows;
mod subscriptions;
mod tenant_list;
mod tenant_totals;
mod tenants;

pub use members::MemberStore;
pub use people::PersonStore;
pub use subscriptions::SubscriptionStore;
pub use tenants::TenantStore;
