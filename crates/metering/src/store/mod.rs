//! The ports over SQLite and PostgreSQL; the only place of this crate with queries.

mod api_calls;
mod entity;
mod usage;

pub use api_calls::ApiCallStore;
pub use usage::UsageStore;
