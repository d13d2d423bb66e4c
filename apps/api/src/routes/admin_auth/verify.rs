use actix_web::web;
use auth::Profiles;
use serde::Serialize;
use utoipa::ToSchema;

use super::user_dto::AdminUserDto;
use crate::http::{Answer, CurrentAdmin, Problem};

/// Whoever is signed in.
#[derive(Serialize, ToSchema)]
#[schema(as = AdminProfile)]
pub struct Profile {
    user: AdminUserDto,
}

/// Who is signed in
///
/// Checks the access token, and answers the account as it is now.
#[utoipa::path(
    get, path = "/admin/auth/verify", operation_id = "verifyAdmin", tag = "Admin sign-in",
    responses((status = 200, description = "The account", body = Profile))
)]
pub async fn handle(principal: CurrentAdmin, profiles: web::Data<Profiles>) -> Result<Answer, Problem> {
    let user = profiles.get_admin(&principal).await?;
    Answer::ok(&Profile { user: user.into() })
}
