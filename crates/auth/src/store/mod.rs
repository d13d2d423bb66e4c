//! The only place with queries: the ports of this crate over SQLite and PostgreSQL.

mod admin_names;
mod admins;
mod attempts;
mod credentials;
mod entity;
mod erasure;
mod one_time_tokens;
mod revocations;
mod sessions;

pub use admins::AdminStore;
pub(crate) use attempts::AttemptStore;
pub use credentials::CredentialStore;
pub(crate) use erasure::ErasureStore;
pub use one_time_tokens::OneTimeTokenStore;
pub use revocations::RevocationStore;
pub use sessions::SessionStore;
