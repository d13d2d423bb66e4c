use chrono::{DateTime, Utc};
use serde::Serialize;
use tenancy::domain::TenantSummary;
use utoipa::ToSchema;

use crate::{
    http::{Answer, Problem},
    routes::tenants::{dto::OwnTenantDto, view_dto::PartsDto},
    workflows::Surroundings,
};

/// One's own workshop.
#[derive(Serialize, ToSchema)]
pub struct OwnTenantAnswer {
    tenant: OwnTenantDto,
}

/// 200 with one's own workshop and its `ETag`.
pub(super) fn answer(summary: TenantSummary) -> Result<Answer, Problem> {
    let version = summary.tenant.version;
    Ok(Answer::ok(&OwnTenantAnswer { tenant: summary.into() })?.etag(version))
}

/// One's own workshop with what belongs to it.
#[derive(Serialize, ToSchema)]
#[schema(as = OwnTenantView)]
pub struct OwnTenantViewDto {
    #[serde(flatten)]
    tenant: OwnTenantDto,
    #[serde(flatten)]
    parts: PartsDto,
}

/// One's own workshop with what belongs to it.
#[derive(Serialize, ToSchema)]
pub struct OwnTenantViewAnswer {
    tenant: OwnTenantViewDto,
}

/// 200 with the single view and the workshop's `ETag`.
pub(super) fn view(found: TenantSummary, parts: Surroundings, now: DateTime<Utc>) -> Result<Answer, Problem> {
    let version = found.tenant.version;
    let tenant = OwnTenantViewDto { tenant: found.into(), parts: PartsDto::new(parts, now) };
    Ok(Answer::ok(&OwnTenantViewAnswer { tenant })?.etag(version))
}
