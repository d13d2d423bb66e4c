use auth::{AdminAccount, Permission};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

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
            permissions: Permission::of(admin.role).into_iter().map(Permission::as_str).collect(),
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
