use actix_web::web;
use auth::SignIn;
use kernel::PrincipalKind;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::user_dto::TenantUserDto;
use crate::{
    http::{Answer, Context, Json, Problem, Public},
    routes::auth_common::{RefreshCookie, email, shown, tenant_ref},
};

/// A workshop, by its subdomain or its id, an address in it, and its password.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TenantLoginBody {
    #[schema(example = "jos-garage")]
    subdomain: Option<String>,
    /// In place of `subdomain`.
    tenant_id: Option<Uuid>,
    #[schema(example = "jo@example.com")]
    email: String,
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// Who signed in, and the access token; the refresh token is in the cookie.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TenantLogin {
    user: TenantUserDto,
    /// For the `Authorization: Bearer` header.
    access_token: String,
    /// Seconds that it lives.
    #[schema(example = 900)]
    expires_in: u64,
}

/// Sign in as a workshop's person
///
/// As for staff; the right password of somebody whose workshop is suspended, cancelled or deleted answers 403
/// TENANT_SUSPENDED.
#[utoipa::path(
    post, path = "/tenant/auth/login", operation_id = "signInTenantUser", tag = "Tenant sign-in",
    request_body = TenantLoginBody,
    responses((status = 200, description = "Signed in", body = TenantLogin))
)]
pub async fn handle(
    _: Public,
    context: Context,
    cookie: RefreshCookie,
    body: Json<TenantLoginBody>,
    sign_in: web::Data<SignIn>,
) -> Result<Answer, Problem> {
    let tenant = tenant_ref(body.subdomain.as_deref(), body.tenant_id)?;
    let email = email(&body.email)?;
    let signed_in = sign_in.tenant(&context, &tenant, &email, &body.password).await?;
    let answer = Answer::ok(&TenantLogin {
        user: signed_in.account.into(),
        access_token: shown(&signed_in.tokens.access_token),
        expires_in: signed_in.tokens.expires_in,
    })?;
    Ok(cookie.give(answer, PrincipalKind::Tenant, &signed_in.tokens.refresh_token))
}
