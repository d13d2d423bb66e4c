use auth::{AuthError, DirectoryPerson, Passwords, Profiles, SignIn, TokenPair, permissions_of, tenant_permissions};
use chrono::{DateTime, Utc};
use kernel::{Audience, Caller, RequestContext};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    SignInAudience,
    parsed::{email, tenant_ref},
    shown,
};
use crate::http::Problem;

/// Tenants' people.
#[derive(Debug, Clone, Copy)]
pub struct People;

impl SignInAudience for People {
    const AUDIENCE: Audience = Audience::Tenant;
    type Token = tenant_permissions::Token;
    type SignedIn = tenant_permissions::SignedIn;
    type LoginBody = TenantLoginBody;
    type Login = TenantLogin;
    type ForgotBody = ForgotTenantPasswordBody;
    type Profile = TenantUserProfile;

    async fn sign_in(
        service: &SignIn,
        context: &RequestContext,
        body: TenantLoginBody,
    ) -> Result<(TenantLogin, TokenPair), Problem> {
        let tenant = tenant_ref(body.subdomain.as_deref(), body.tenant_id)?;
        let found = service.tenant(context, &tenant, &email(&body.email)?, &body.password).await?;
        let (access_token, expires_in) = (shown(&found.tokens.access_token), found.tokens.expires_in);
        Ok((TenantLogin { user: found.account.into(), access_token, expires_in }, found.tokens))
    }

    async fn profile(profiles: &Profiles, caller: &Caller) -> Result<TenantUserProfile, AuthError> {
        Ok(TenantUserProfile { user: profiles.get_person(caller).await?.into() })
    }

    async fn forgot(
        service: &Passwords,
        context: &RequestContext,
        body: ForgotTenantPasswordBody,
    ) -> Result<(), Problem> {
        let tenant = tenant_ref(body.subdomain.as_deref(), body.tenant_id)?;
        Ok(service.forgot_tenant(context, tenant, email(&body.email)?).await?)
    }
}

/// A tenant, by its subdomain or its id, an address in it, and its password.
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

/// Whose password is forgotten: a tenant, by its subdomain or its id, and an address in it.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ForgotTenantPasswordBody {
    #[schema(example = "jos-garage")]
    subdomain: Option<String>,
    /// In place of `subdomain`.
    tenant_id: Option<Uuid>,
    #[schema(example = "jo@example.com")]
    email: String,
}

/// Whoever is signed in.
#[derive(Serialize, ToSchema)]
pub struct TenantUserProfile {
    user: TenantUserDto,
}

/// A signed-in person of a workshop.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TenantUserDto {
    id: Uuid,
    tenant_id: Uuid,
    first_name: String,
    last_name: String,
    email: String,
    #[schema(example = "OWNER")]
    role: &'static str,
    /// What they may do in the workshop.
    #[schema(example = json!(["workspace:read", "users:read"]))]
    permissions: Vec<&'static str>,
    is_active: bool,
    mfa_enabled: bool,
    must_change_password: bool,
    #[schema(required = true)]
    last_login_at: Option<DateTime<Utc>>,
}

impl From<DirectoryPerson> for TenantUserDto {
    fn from(person: DirectoryPerson) -> Self {
        Self {
            id: person.user_id.uuid(),
            tenant_id: person.tenant_id.uuid(),
            email: person.email.to_string(),
            role: person.role.as_str(),
            permissions: permissions_of(person.role).map(|it| it.name).collect(),
            first_name: person.first_name,
            last_name: person.last_name,
            is_active: person.is_active,
            // Second factors come later; workshops' people never get temporary passwords.
            mfa_enabled: false,
            must_change_password: false,
            last_login_at: person.last_login_at,
        }
    }
}
