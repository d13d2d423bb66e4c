use actix_web::{http::StatusCode, web};
use auth::Passwords;

use crate::{
    http::{Answer, Context, Json, Problem, Public},
    routes::sign_in::{SignInAudience, staff::ForgotAdminPasswordBody},
};

/// Request a password reset
///
/// The answer is the same whether the address is known or not. The link is good for an hour and for one use.
#[utoipa::path(
    post, path = "/admin/auth/password/forgot", operation_id = "forgotAdminPassword", tag = "Admin sign-in",
    request_body = ForgotAdminPasswordBody,
    responses((status = 202, description = "Noted", body = crate::http::MessageSchema))
)]
pub async fn handle<A: SignInAudience>(
    _: Public,
    context: Context,
    body: Json<A::ForgotBody>,
    passwords: web::Data<Passwords>,
) -> Result<Answer, Problem> {
    A::forgot(&passwords, &context, body.into_inner()).await?;
    Ok(Answer::message("If the address is known, a link is on its way to it.").status(StatusCode::ACCEPTED))
}
