use actix_web::web;
use tenancy::service::Quotas;

use crate::{
    http::{Answer, NoFilters, Problem, Query, Require, TenantScope, access::tenant},
    routes::quotas::dto::QuotaAnswer,
};

/// What is used of one's own plan
///
/// Goes on answering when nothing is left.
#[utoipa::path(
    get, path = "/tenant/quota", operation_id = "getOwnQuota", tag = "Workspace",
    responses((status = 200, description = "Seats, and API calls of today", body = QuotaAnswer))
)]
pub async fn handle(
    _: Require<tenant::UsageRead>,
    scope: TenantScope,
    _: Query<NoFilters>,
    quotas: web::Data<Quotas>,
) -> Result<Answer, Problem> {
    Answer::ok(&QuotaAnswer::from(quotas.get(scope.0).await?))
}
