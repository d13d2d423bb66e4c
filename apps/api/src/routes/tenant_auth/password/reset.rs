use actix_web::web;
use auth::Passwords;
use kernel::PrincipalKind;

use crate::{
    http::{Answer, Context, Json, Problem, Public},
    routes::auth_common::ResetPasswordBody,
};

/// Set a new password by a reset link
///
/// All sessions end. A token that is forged, over or used is 422 with field `token`, code TOKEN_INVALID, all alike.
#[utoipa::path(
    post, path = "/tenant/auth/password/reset", operation_id = "resetTenantPassword", tag = "Tenant sign-in",
    request_body = ResetPasswordBody,
    responses((status = 200, description = "The password is set", body = crate::http::MessageSchema))
)]
pub async fn handle(
    _: Public,
    context: Context,
    body: Json<ResetPasswordBody>,
    passwords: web::Data<Passwords>,
) -> Result<Answer, Problem> {
    passwords.reset(&context, PrincipalKind::Tenant, &body.token, &body.new_password).await?;
    Ok(Answer::message("The new password is set. Sign in with it."))
}
