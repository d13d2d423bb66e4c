use actix_web::web;
use tenancy::{domain::UsageSort, service::Usage};

use crate::{
    http::{Answer, Listing, PagingParams, Problem, Require, TenantScope, access::tenant},
    routes::usage::{Filters, UsageList, page},
};

/// Read one's own workshop's usage
///
/// Points are kept for 13 months, their sums for ever. Sorted by `date`, the earliest first.
#[utoipa::path(
    get, path = "/tenant/usage", operation_id = "getOwnUsage", tag = "Workspace",
    params(PagingParams, Filters),
    responses((status = 200, description = "A page of points, or of sums", body = UsageList))
)]
pub async fn handle(
    _: Require<tenant::UsageRead>,
    scope: TenantScope,
    list: Listing<Filters, UsageSort>,
    usage: web::Data<Usage>,
) -> Result<Answer, Problem> {
    page(&usage, scope.0, list).await
}
