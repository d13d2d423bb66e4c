//! What the two doors have in common: cookies, the check of the origin, the shape of sessions.

mod cookies;
mod origin;
mod parsed;
mod password_bodies;
mod session_dto;

pub use cookies::RefreshCookie;
pub use origin::OwnOrigin;
pub use parsed::{email, tenant_ref};
pub use password_bodies::{ChangePasswordBody, ResetPasswordBody};
pub use session_dto::SessionList;

use secrecy::SecretString;
use serde::Serialize;
use utoipa::ToSchema;

/// A new access token; the refresh token is in the cookie.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenAnswer {
    /// For the `Authorization: Bearer` header.
    pub access_token: String,
    /// Seconds that it lives.
    #[schema(example = 900)]
    pub expires_in: u64,
}

/// Text for the client of what is otherwise kept out of sight.
pub fn shown(secret: &SecretString) -> String {
    secrecy::ExposeSecret::expose_secret(secret).to_owned()
}
