use actix_web::web;
use email::{
    domain::{ByTime, SuppressionFilter, SuppressionReason},
    service::Suppressions,
};
use kernel::EmailAddress;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::dto::SuppressionDto;
use crate::http::{Answer, Listing, Pagination, PagingParams, Problem, Require, access::admin};

/// Which addresses.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct Filters {
    /// Only this address.
    #[param(value_type = Option<String>, example = "jo@garage.example")]
    email: Option<EmailAddress>,
    /// Only addresses that are suppressed for this reason.
    #[param(value_type = Option<String>, example = "BOUNCE")]
    reason: Option<SuppressionReason>,
}

/// A page of the suppression list.
#[derive(Serialize, ToSchema)]
pub struct SuppressionList {
    suppressions: Vec<SuppressionDto>,
    pagination: Pagination,
}

/// List suppressed addresses
///
/// Newest first unless `sort=createdAt`.
#[utoipa::path(
    get, path = "/admin/notifications/suppressions", operation_id = "listSuppressions", tag = "Notifications",
    params(PagingParams, Filters),
    responses((status = 200, description = "A page of addresses", body = SuppressionList))
)]
pub async fn handle(
    _: Require<admin::NotificationsRead>,
    list: Listing<Filters, ByTime>,
    suppressions: web::Data<Suppressions>,
) -> Result<Answer, Problem> {
    let Filters { email, reason } = &list.filters;
    let filter = SuppressionFilter { email: email.clone(), reason: *reason };
    let page = suppressions.list(&filter, &list.page).await?;
    let (suppressions, pagination) = list.answer(page, SuppressionDto::from);
    Answer::ok(&SuppressionList { suppressions, pagination })
}
