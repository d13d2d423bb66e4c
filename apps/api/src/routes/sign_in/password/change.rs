use actix_web::web;
use auth::{OwnSession, Passwords};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    http::{Answer, Context, Json, Problem, Require},
    routes::sign_in::SignInAudience,
};

/// One's current password, and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangePasswordBody {
    #[schema(value_type = String, format = Password)]
    current_password: SecretString,
    /// 8 to 128 bytes; upper and lower case, a digit and a special character, or 15 characters and more of any kind.
    #[schema(value_type = String, format = Password)]
    new_password: SecretString,
}

/// Change your password
///
/// All other sessions end. A wrong `currentPassword` is 422 with code INCORRECT, and counts as a failed sign-in.
#[utoipa::path(
    post, path = "/admin/auth/password/change", operation_id = "changeAdminPassword", tag = "Admin sign-in",
    request_body = ChangePasswordBody,
    responses((status = 200, description = "The password is changed", body = crate::http::MessageSchema))
)]
pub async fn handle<A: SignInAudience>(
    me: Require<A::Token>,
    context: Context,
    body: Json<ChangePasswordBody>,
    passwords: web::Data<Passwords>,
) -> Result<Answer, Problem> {
    passwords.change(&context, OwnSession::of(&me)?, &body.current_password, &body.new_password).await?;
    Ok(Answer::message("The password is changed. All other sessions have ended."))
}
