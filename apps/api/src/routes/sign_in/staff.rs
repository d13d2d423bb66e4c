use auth::{AdminAccount, AuthError, Passwords, Profiles, SignIn, TokenPair, admin_permissions, permissions_of};
use chrono::{DateTime, Utc};
use kernel::{Audience, Caller, RequestContext};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{SignInAudience, parsed::email, shown};
use crate::http::Problem;

/// NextCRM's staff.
#[derive(Debug, Clone, Copy)]
pub struct Staff;

impl SignInAudience for Staff {
    const AUDIENCE: Audience = Audience::Admin;
    type Token = admin_permissions::Token;
    type SignedIn = admin_permissions::SignedIn;
    type LoginBody = AdminLoginBody;
    type Login = AdminLogin;
    type ForgotBody = ForgotAdminPasswordBody;
    type Profile = AdminProfile;

    async fn sign_in(
        service: &SignIn,
        context: &RequestContext,
        body: AdminLoginBody,
    ) -> Result<(AdminLogin, TokenPair), Problem> {
        let found = service.admin(context, &email(&body.email)?, &body.password).await?;
        let (access_token, expires_in) = (shown(&found.tokens.access_token), found.tokens.expires_in);
        Ok((AdminLogin { user: found.account.into(), access_token, expires_in }, found.tokens))
    }

    async fn profile(profiles: &Profiles, caller: &Caller) -> Result<AdminProfile, AuthError> {
        Ok(AdminProfile { user: profiles.get_admin(caller).await?.into() })
    }

    async fn forgot(
        service: &Passwords,
        context: &RequestContext,
        body: ForgotAdminPasswordBody,
    ) -> Result<(), Problem> {
        Ok(service.forgot_admin(context, email(&body.email)?).await?)
    }
}

/// An address and its password.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AdminLoginBody {
    #[schema(example = "admin@nextcrm.localhost")]
    email: String,
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// Who signed in, and the access token; the refresh token is in the cookie.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdminLogin {
    user: AdminUserDto,
    /// For the `Authorization: Bearer` header.
    access_token: String,
    /// Seconds that it lives.
    #[schema(example = 900)]
    expires_in: u64,
}

/// Whose password is forgotten.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ForgotAdminPasswordBody {
    #[schema(example = "kim@nextcrm.example")]
    email: String,
}

/// Whoever is signed in.
#[derive(Serialize, ToSchema)]
pub struct AdminProfile {
    user: AdminUserDto,
}

/// A signed-in member of staff.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdminUserDto {
    id: Uuid,
    first_name: String,
    last_name: String,
    email: String,
    #[schema(example = "SUPPORT")]
    role: &'static str,
    /// What they may do.
    #[schema(example = json!(["tenants:read", "support:read"]))]
    permissions: Vec<&'static str>,
    #[schema(required = true)]
    department: Option<String>,
    is_active: bool,
    mfa_enabled: bool,
    /// Nothing else is open until the password is changed.
    must_change_password: bool,
    #[schema(required = true)]
    last_login_at: Option<DateTime<Utc>>,
}

impl From<AdminAccount> for AdminUserDto {
    fn from(admin: AdminAccount) -> Self {
        Self {
            id: admin.id.uuid(),
            email: admin.email.to_string(),
            role: admin.role.as_str(),
            permissions: permissions_of(admin.role).map(|it| it.name).collect(),
            first_name: admin.first_name,
            last_name: admin.last_name,
            department: admin.department,
            is_active: admin.is_active,
            mfa_enabled: admin.mfa_enabled,
            must_change_password: admin.must_change_password,
            last_login_at: admin.last_login_at,
        }
    }
}
