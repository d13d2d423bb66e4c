use chrono::{DateTime, Utc};
use serde::Serialize;
use tenancy::domain::Person;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::{Answer, Problem};

/// A person of a workshop.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TenantUser)]
pub struct UserDto {
    id: Uuid,
    tenant_id: Uuid,
    first_name: String,
    last_name: String,
    #[schema(example = "jo@garage.example")]
    email: String,
    /// OWNER, ADMIN, USER or VIEWER.
    #[schema(example = "OWNER")]
    role: &'static str,
    is_active: bool,
    /// PENDING, EXPIRED or ACCEPTED; null for somebody who was added with a password.
    #[schema(required = true, example = "PENDING")]
    invitation: Option<&'static str>,
    #[schema(required = true)]
    phone: Option<String>,
    #[schema(required = true)]
    avatar: Option<String>,
    #[schema(required = true)]
    last_login_at: Option<DateTime<Utc>>,
    #[schema(required = true)]
    last_activity_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// The `ETag`'s number.
    version: i64,
}

impl UserDto {
    /// As of `now`, which decides whether an invitation has expired.
    pub(in crate::routes) fn new(person: Person, now: DateTime<Utc>) -> Self {
        Self {
            invitation: person.invitation(now).map(|invitation| invitation.as_str()),
            id: person.id.uuid(),
            tenant_id: person.tenant_id.uuid(),
            first_name: person.first_name.to_string(),
            last_name: person.last_name.to_string(),
            email: person.email.to_string(),
            role: person.role.as_str(),
            is_active: person.is_active,
            phone: person.phone.map(|phone| phone.as_str().to_owned()),
            avatar: person.avatar,
            last_login_at: person.last_login_at,
            last_activity_at: person.last_activity_at,
            created_at: person.created_at,
            updated_at: person.updated_at,
            version: person.version,
        }
    }
}

/// One person.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantUserAnswer)]
pub struct UserAnswer {
    pub(in crate::routes) user: UserDto,
}

/// 200 with the person and their `ETag`.
pub(in crate::routes) fn answer(person: Person, now: DateTime<Utc>) -> Result<Answer, Problem> {
    let version = person.version;
    Ok(Answer::ok(&UserAnswer { user: UserDto::new(person, now) })?.etag(version))
}

/// A person who was removed.
#[derive(Serialize, ToSchema)]
#[schema(as = RemovedTenantUserAnswer)]
pub struct RemovedUserAnswer {
    pub(in crate::routes) message: &'static str,
    pub(in crate::routes) user: UserDto,
}
