use auth::AdminAccount;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::{Answer, Problem};

/// A member of staff, as colleagues who manage staff see them.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdminDto {
    id: Uuid,
    first_name: String,
    last_name: String,
    #[schema(example = "kim@nextcrm.example")]
    email: String,
    #[schema(example = "SUPPORT")]
    role: &'static str,
    #[schema(required = true)]
    department: Option<String>,
    #[schema(required = true)]
    phone: Option<String>,
    #[schema(required = true)]
    avatar: Option<String>,
    is_active: bool,
    mfa_enabled: bool,
    /// They have not yet replaced their temporary password.
    must_change_password: bool,
    #[schema(required = true)]
    last_login_at: Option<DateTime<Utc>>,
    #[schema(required = true)]
    last_activity_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// The `ETag`'s number.
    version: i64,
}

impl From<AdminAccount> for AdminDto {
    fn from(admin: AdminAccount) -> Self {
        Self {
            id: admin.id.uuid(),
            email: admin.email.to_string(),
            role: admin.role.as_str(),
            first_name: admin.first_name,
            last_name: admin.last_name,
            department: admin.department,
            phone: admin.phone,
            avatar: admin.avatar,
            is_active: admin.is_active,
            mfa_enabled: admin.mfa_enabled,
            must_change_password: admin.must_change_password,
            last_login_at: admin.last_login_at,
            last_activity_at: admin.last_activity_at,
            created_at: admin.created_at,
            updated_at: admin.updated_at,
            version: admin.version,
        }
    }
}

/// One member of staff.
#[derive(Serialize, ToSchema)]
pub struct AdminAnswer {
    pub(super) user: AdminDto,
}

/// 200 with the account and its `ETag`.
pub(super) fn answer(account: AdminAccount) -> Result<Answer, Problem> {
    let version = account.version;
    Ok(Answer::ok(&AdminAnswer { user: account.into() })?.etag(version))
}
