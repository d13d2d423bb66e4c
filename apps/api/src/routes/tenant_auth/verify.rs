use actix_web::web;
use auth::Profiles;
use serde::Serialize;
use utoipa::ToSchema;

use super::user_dto::TenantUserDto;
use crate::http::{Answer, CurrentTenantUser, Problem};

/// Whoever is signed in.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantUserProfile)]
pub struct Profile {
    user: TenantUserDto,
}

/// Who is signed in
///
/// Checks the access token, and answers the account as it is now.
#[utoipa::path(
    get, path = "/tenant/auth/verify", operation_id = "verifyTenantUser", tag = "Tenant sign-in",
    responses((status = 200, description = "The account", body = Profile))
)]
pub async fn handle(principal: CurrentTenantUser, profiles: web::Data<Profiles>) -> Result<Answer, Problem> {
    let user = profiles.get_person(&principal).await?;
    Answer::ok(&Profile { user: user.into() })
}
