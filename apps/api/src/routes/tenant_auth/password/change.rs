use actix_web::web;
use auth::Passwords;

use crate::{
    http::{Answer, Context, CurrentTenantUser, Json, Problem},
    routes::auth_common::ChangePasswordBody,
};

/// Change one's own password
///
/// All other sessions end. A wrong `currentPassword` is 422 with code INCORRECT, and counts as a failed sign-in.
#[utoipa::path(
    post, path = "/tenant/auth/password/change", operation_id = "changeTenantPassword", tag = "Tenant sign-in",
    request_body = ChangePasswordBody,
    responses((status = 200, description = "The password is changed", body = crate::http::MessageSchema))
)]
pub async fn handle(
    me: CurrentTenantUser,
    context: Context,
    body: Json<ChangePasswordBody>,
    passwords: web::Data<Passwords>,
) -> Result<Answer, Problem> {
    let owner = (me.subject(), me.session_id);
    passwords.change(&context, owner, &body.current_password, &body.new_password).await?;
    Ok(Answer::message("The password is changed. All other sessions have ended."))
}
