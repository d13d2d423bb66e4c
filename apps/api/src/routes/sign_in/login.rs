use actix_web::web;
use auth::SignIn;

use super::{
    SignInAudience,
    cookies::RefreshCookie,
    staff::{AdminLogin, AdminLoginBody},
};
use crate::http::{Answer, Context, Json, Problem, Public};

/// Sign in
///
/// Wrong, unknown and inactive all answer 401 INVALID_CREDENTIALS. After 5 failures from one network each try waits
/// longer; after 10 the account is locked for that network for 15 minutes (429 ACCOUNT_LOCKED). The right password of somebody
/// whose tenant is suspended, cancelled or deleted answers 403 TENANT_SUSPENDED.
#[utoipa::path(
    post, path = "/admin/auth/login", operation_id = "signInAdmin", tag = "Admin sign-in",
    request_body = AdminLoginBody,
    responses((status = 200, description = "Signed in", body = AdminLogin))
)]
pub async fn handle<A: SignInAudience>(
    _: Public,
    context: Context,
    cookie: RefreshCookie<A>,
    body: Json<A::LoginBody>,
    sign_in: web::Data<SignIn>,
) -> Result<Answer, Problem> {
    let (answer, tokens) = A::sign_in(&sign_in, &context, body.into_inner()).await?;
    Ok(cookie.give(Answer::ok(&answer)?, &tokens.refresh_token))
}
