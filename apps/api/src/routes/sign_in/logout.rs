use actix_web::web;
use auth::{OwnSession, SignOut};

use super::{SignInAudience, cookies::RefreshCookie, origin::OwnOrigin};
use crate::http::{Answer, Context, NoBody, Optional, Problem, Public};

/// Sign out
///
/// Ends the session of the cookie, of the bearer token, or of both, and deletes the cookie; 200 also when there was
/// no session.
#[utoipa::path(
    post, path = "/admin/auth/logout", operation_id = "signOutAdmin", tag = "Admin sign-in",
    responses((status = 200, description = "Signed out", body = crate::http::MessageSchema))
)]
pub async fn handle<A: SignInAudience>(
    _: Public,
    _: OwnOrigin,
    _: NoBody,
    context: Context,
    caller: Optional<A::Token>,
    cookie: RefreshCookie<A>,
    sign_out: web::Data<SignOut>,
) -> Result<Answer, Problem> {
    let session = caller.0.and_then(|caller| OwnSession::of(&caller).ok()).map(|own| own.id);
    sign_out.sign_out(&context, A::AUDIENCE, cookie.read(), session).await?;
    Ok(cookie.take(Answer::message("Signed out.")))
}
