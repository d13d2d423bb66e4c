//! The ports over SQLite and PostgreSQL; the only place of this crate with queries.

mod entity;
mod order_rows;
mod orders;

pub use orders::OrderStore;
