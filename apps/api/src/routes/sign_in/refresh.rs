use actix_web::web;
use auth::Refresh;
use serde::Serialize;
use utoipa::ToSchema;

use super::{SignInAudience, cookies::RefreshCookie, origin::OwnOrigin, shown};
use crate::http::{Answer, Context, NoBody, Problem, Public};

/// A new access token; the refresh token is in the cookie.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenAnswer {
    /// For the `Authorization: Bearer` header.
    access_token: String,
    /// Seconds that it lives.
    #[schema(example = 900)]
    expires_in: u64,
}

/// Refresh the access token
///
/// Answers a new access token and sets the cookie's successor. Parallel calls with one cookie all get the same
/// successor; a cookie that was exchanged longer ago ends the session with 401 REFRESH_REUSED.
#[utoipa::path(
    post, path = "/admin/auth/refresh", operation_id = "refreshAdmin", tag = "Admin sign-in",
    responses((status = 200, description = "A new access token", body = TokenAnswer))
)]
pub async fn handle<A: SignInAudience>(
    _: Public,
    _: OwnOrigin,
    _: NoBody,
    context: Context,
    cookie: RefreshCookie<A>,
    refresh: web::Data<Refresh>,
) -> Result<Answer, Problem> {
    let token = cookie.read().ok_or_else(Problem::unauthenticated)?;
    let pair = refresh.refresh(&context, A::AUDIENCE, token).await?;
    let answer = Answer::ok(&TokenAnswer { access_token: shown(&pair.access_token), expires_in: pair.expires_in })?;
    Ok(cookie.give(answer, &pair.refresh_token))
}
