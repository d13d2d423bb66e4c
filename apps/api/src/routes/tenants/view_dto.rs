use chrono::{DateTime, Utc};
use serde::Serialize;
use tenancy::domain::TenantSummary;
use utoipa::ToSchema;

use super::{
    dto::{OwnTenantDto, TenantDto},
    subscription::SubscriptionDto,
    users::dto::UserDto,
};
use crate::{
    http::{Answer, Problem},
    routes::{integrations::dto::IntegrationDto, usage::dto::TotalDto},
    workflows::TenantParts,
};

/// What belongs to a workshop. Each part is null to whoever may not read it on its own route.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TenantParts)]
pub struct PartsDto {
    /// The first 100 people, oldest first.
    #[schema(required = true)]
    users: Option<Vec<UserDto>>,
    /// The current subscription; null also while none is recorded.
    #[schema(required = true)]
    subscription: Option<SubscriptionDto>,
    /// Connections to other services, as their list shows them.
    #[schema(required = true)]
    integrations: Option<Vec<IntegrationDto>>,
    /// Sum of each metric over the last 30 days.
    #[schema(required = true)]
    usage: Option<Vec<TotalDto>>,
    /// Tickets that are neither resolved nor closed.
    #[schema(required = true)]
    open_tickets: Option<u64>,
}

impl PartsDto {
    /// As of `now`, which decides whether an invitation has expired.
    fn new(parts: TenantParts, now: DateTime<Utc>) -> Self {
        let user = |person| UserDto::new(person, now);
        Self {
            users: parts.people.map(|people| people.into_iter().map(user).collect()),
            subscription: parts.subscription.flatten().map(SubscriptionDto::from),
            integrations: parts.integrations.map(each),
            usage: parts.usage.map(each),
            open_tickets: parts.open_tickets,
        }
    }
}

/// A workshop with what belongs to it.
#[derive(Serialize, ToSchema)]
pub struct TenantViewDto {
    #[serde(flatten)]
    tenant: TenantDto,
    #[serde(flatten)]
    parts: PartsDto,
}

/// One workshop with what belongs to it.
#[derive(Serialize, ToSchema)]
pub struct TenantViewAnswer {
    tenant: TenantViewDto,
}

impl From<(TenantSummary, PartsDto)> for TenantViewAnswer {
    fn from((found, parts): (TenantSummary, PartsDto)) -> Self {
        Self { tenant: TenantViewDto { tenant: found.into(), parts } }
    }
}

/// One's own tenant with what belongs to it.
#[derive(Serialize, ToSchema)]
#[schema(as = OwnTenantView)]
pub struct OwnTenantViewDto {
    #[serde(flatten)]
    tenant: OwnTenantDto,
    #[serde(flatten)]
    parts: PartsDto,
}

/// One's own tenant with what belongs to it.
#[derive(Serialize, ToSchema)]
pub struct OwnTenantViewAnswer {
    tenant: OwnTenantViewDto,
}

impl From<(TenantSummary, PartsDto)> for OwnTenantViewAnswer {
    fn from((found, parts): (TenantSummary, PartsDto)) -> Self {
        Self { tenant: OwnTenantViewDto { tenant: found.into(), parts } }
    }
}

/// 200 with the single view and the tenant's `ETag`.
pub(super) fn view<A: From<(TenantSummary, PartsDto)> + Serialize>(
    found: TenantSummary,
    parts: TenantParts,
    now: DateTime<Utc>,
) -> Result<Answer, Problem> {
    let version = found.tenant.version;
    Ok(Answer::ok(&A::from((found, PartsDto::new(parts, now))))?.etag(version))
}

fn each<T, D: From<T>>(all: Vec<T>) -> Vec<D> {
    all.into_iter().map(D::from).collect()
}
