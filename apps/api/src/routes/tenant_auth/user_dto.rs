use auth::{DirectoryPerson, TenantPermission};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

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
            permissions: TenantPermission::of(person.role).into_iter().map(TenantPermission::as_str).collect(),
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
