use actix_web::web;
use auth::Refresh;
use kernel::PrincipalKind;

use crate::{
    http::{Answer, Context, NoBody, Problem, Public},
    routes::auth_common::{OwnOrigin, RefreshCookie, TokenAnswer, shown},
};

/// Exchange the refresh cookie
///
/// Answers a new access token and sets the cookie's successor. Parallel calls with one cookie all get the same
/// successor; a cookie that was exchanged longer ago ends the session with 401 REFRESH_REUSED.
#[utoipa::path(
    post, path = "/tenant/auth/refresh", operation_id = "refreshTenantUser", tag = "Tenant sign-in",
    responses((status = 200, description = "A new access token", body = TokenAnswer))
)]
pub async fn handle(
    _: Public,
    _: OwnOrigin,
    _: NoBody,
    context: Context,
    cookie: RefreshCookie,
    refresh: web::Data<Refresh>,
) -> Result<Answer, Problem> {
    let token = cookie.read(PrincipalKind::Tenant).ok_or_else(Problem::unauthenticated)?;
    let pair = refresh.refresh(&context, PrincipalKind::Tenant, token).await?;
    let answer = Answer::ok(&TokenAnswer { access_token: shown(&pair.access_token), expires_in: pair.expires_in })?;
    Ok(cookie.give(answer, PrincipalKind::Tenant, &pair.refresh_token))
}
