//! The only place with queries: the ports of this crate over SQLite and PostgreSQL.

mod admin_names;
mod admins;
mod credentials;
mod entity;
mod erasure;
mod one_time_tokens;

pub use admins::AdminStore;
pub use credentials::CredentialStore;
pub use erasure::ErasureStore;
pub use one_time_tokens::OneTimeTokenStore;
mod attempts;
mod revocations;
mod sessions;
pub use attempts::AttemptStore;
pub use revocations::RevocationStore;
pub use sessions::SessionStore;
