use actix_web::{http::StatusCode, web};
use auth::Passwords;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    http::{Answer, Context, Json, Problem, Public},
    routes::auth_common::email,
};

/// Whose password is forgotten.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ForgotAdminPasswordBody {
    #[schema(example = "kim@nextcrm.example")]
    email: String,
}

/// Ask for a reset link
///
/// The answer is the same whether the address is known or not. The link is good for an hour and for one use.
#[utoipa::path(
    post, path = "/admin/auth/password/forgot", operation_id = "forgotAdminPassword", tag = "Admin sign-in",
    request_body = ForgotAdminPasswordBody,
    responses((status = 202, description = "Noted", body = crate::http::MessageSchema))
)]
pub async fn handle(
    _: Public,
    context: Context,
    body: Json<ForgotAdminPasswordBody>,
    passwords: web::Data<Passwords>,
) -> Result<Answer, Problem> {
    passwords.forgot_admin(&context, email(&body.email)?).await?;
    Ok(Answer::message("If the address is known, a link is on its way to it.").status(StatusCode::ACCEPTED))
}
