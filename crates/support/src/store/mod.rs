//! The ports over SQLite and PostgreSQL; the only place of this crate with queries.

mod entity;
mod erasure;
mod history;
mod list;
mod messages;
mod rows;
mod search;
mod summary;
mod tickets;

pub use erasure::ErasureStore;
pub use history::HistoryStore;
pub use messages::MessageStore;
pub use tickets::TicketStore;
