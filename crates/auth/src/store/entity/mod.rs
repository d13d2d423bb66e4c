//! The tables as SeaORM sees them; nothing outside `store` does.

pub(crate) mod admin_user;
pub(crate) mod one_time_token;
pub(crate) mod tenant_credential;
