use actix_web::web;
use auth::SignOut;
use kernel::PrincipalKind;

use crate::{
    http::{Answer, Context, NoBody, OptionalAdmin, Problem, Public},
    routes::auth_common::{OwnOrigin, RefreshCookie},
};

/// Sign out
///
/// Ends the session of the cookie, of the bearer token, or of both, and deletes the cookie; 200 also when there was
/// no session.
#[utoipa::path(
    post, path = "/admin/auth/logout", operation_id = "signOutAdmin", tag = "Admin sign-in",
    responses((status = 200, description = "Signed out", body = crate::http::MessageSchema))
)]
pub async fn handle(
    _: Public,
    _: OwnOrigin,
    _: NoBody,
    context: Context,
    principal: OptionalAdmin,
    cookie: RefreshCookie,
    sign_out: web::Data<SignOut>,
) -> Result<Answer, Problem> {
    let session = principal.0.map(|principal| principal.session_id);
    sign_out.sign_out(&context, PrincipalKind::Admin, cookie.read(PrincipalKind::Admin), session).await?;
    Ok(cookie.take(Answer::message("Signed out."), PrincipalKind::Admin))
}
