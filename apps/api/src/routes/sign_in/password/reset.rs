use actix_web::web;
use auth::Passwords;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    http::{Answer, Context, Json, Problem, Public},
    routes::sign_in::SignInAudience,
};

/// A reset link's token, and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResetPasswordBody {
    #[schema(value_type = String)]
    token: SecretString,
    /// 8 to 128 bytes; upper and lower case, a digit and a special character, or 15 characters and more of any kind.
    #[schema(value_type = String, format = Password)]
    new_password: SecretString,
}

/// Reset a password
///
/// All sessions end. A token that is forged, over or used is 422 with field `token`, code TOKEN_INVALID, all alike.
#[utoipa::path(
    post, path = "/admin/auth/password/reset", operation_id = "resetAdminPassword", tag = "Admin sign-in",
    request_body = ResetPasswordBody,
    responses((status = 200, description = "The password is set", body = crate::http::MessageSchema))
)]
pub async fn handle<A: SignInAudience>(
    _: Public,
    context: Context,
    body: Json<ResetPasswordBody>,
    passwords: web::Data<Passwords>,
) -> Result<Answer, Problem> {
    passwords.reset(&context, A::AUDIENCE, &body.token, &body.new_password).await?;
    Ok(Answer::message("The new password is set. Sign in with it."))
}
