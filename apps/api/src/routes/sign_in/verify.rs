use actix_web::web;
use auth::Profiles;

use super::{SignInAudience, staff::AdminProfile};
use crate::http::{Answer, Problem, Require};

/// Get the signed-in user
///
/// Checks the access token, and answers the account as it is now.
#[utoipa::path(
    get, path = "/admin/auth/verify", operation_id = "verifyAdmin", tag = "Admin sign-in",
    responses((status = 200, description = "The account", body = AdminProfile))
)]
pub async fn handle<A: SignInAudience>(
    me: Require<A::Token>,
    profiles: web::Data<Profiles>,
) -> Result<Answer, Problem> {
    Answer::ok(&A::profile(&profiles, &me).await?)
}
