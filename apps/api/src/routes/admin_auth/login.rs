use actix_web::web;
use auth::SignIn;
use kernel::{EmailAddress, FieldCode, PrincipalKind};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::user_dto::AdminUserDto;
use crate::{
    http::{Answer, Context, Json, Problem, Public},
    routes::auth_common::{RefreshCookie, shown},
};

/// An address and its password.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AdminLoginBody {
    #[schema(example = "admin@nextcrm.localhost")]
    email: String,
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// Who signed in, and the access token; the refresh token is in the cookie.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdminLogin {
    user: AdminUserDto,
    /// For the `Authorization: Bearer` header.
    access_token: String,
    /// Seconds that it lives.
    #[schema(example = 900)]
    expires_in: u64,
}

/// Sign in as a member of staff
///
/// Wrong, unknown and inactive all answer 401 INVALID_CREDENTIALS. After 5 failures from one network each try waits
/// longer; after 10 the account is locked for that network for 15 minutes (429 ACCOUNT_LOCKED).
#[utoipa::path(
    post, path = "/admin/auth/login", operation_id = "signInAdmin", tag = "Admin sign-in",
    request_body = AdminLoginBody,
    responses((status = 200, description = "Signed in", body = AdminLogin))
)]
pub async fn handle(
    _: Public,
    context: Context,
    cookie: RefreshCookie,
    body: Json<AdminLoginBody>,
    sign_in: web::Data<SignIn>,
) -> Result<Answer, Problem> {
    let email: EmailAddress = body
        .email
        .parse()
        .map_err(|error: kernel::InvalidEmailAddress| Problem::field("email", FieldCode::Invalid, error.to_string()))?;
    let signed_in = sign_in.admin(&context, &email, &body.password).await?;
    let answer = Answer::ok(&AdminLogin {
        user: signed_in.account.into(),
        access_token: shown(&signed_in.tokens.access_token),
        expires_in: signed_in.tokens.expires_in,
    })?;
    Ok(cookie.give(answer, PrincipalKind::Admin, &signed_in.tokens.refresh_token))
}
