//! The ports over SQLite and PostgreSQL; the only place of this crate with queries.

mod entity;
mod integrations;
mod reseal;

pub use integrations::IntegrationStore;
