use actix_web::web;
use auth::{SignIn, TenantRef};
use kernel::{EmailAddress, FieldError, PrincipalKind};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::user_dto::TenantUserDto;
use crate::{
    http::{Answer, Context, Json, Problem, Public},
    routes::auth_common::{RefreshCookie, shown},
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

impl TenantLoginBody {
    fn tenant(&self) -> Result<TenantRef, Problem> {
        match (&self.subdomain, self.tenant_id) {
            (Some(name), None) => Ok(TenantRef::Subdomain(name.trim().to_lowercase())),
            (None, Some(id)) => Ok(TenantRef::Id(id.into())),
            (None, None) => Err(Problem::field("subdomain", "REQUIRED", "must be given, or tenantId in its place")),
            (Some(_), Some(_)) => {
                let error = FieldError::new("tenantId", "INVALID", "must not be given together with subdomain");
                Err(Problem::validation(vec![error]))
            }
        }
    }
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
    let tenant = body.tenant()?;
    let email: EmailAddress = body
        .email
        .parse()
        .map_err(|error: kernel::InvalidEmailAddress| Problem::field("email", "INVALID", error.to_string()))?;
    let signed_in = sign_in.tenant(&context, &tenant, &email, &body.password).await?;
    let answer = Answer::ok(&TenantLogin {
        user: signed_in.account.into(),
        access_token: shown(&signed_in.tokens.access_token),
        expires_in: signed_in.tokens.expires_in,
    })?;
    Ok(cookie.give(answer, PrincipalKind::Tenant, &signed_in.tokens.refresh_token))
}
