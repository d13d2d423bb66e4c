use actix_web::web;
use email::service::Suppressions;
use kernel::EmailAddress;
use serde::Deserialize;
use utoipa::IntoParams;

use super::dto::RemovedSuppressionAnswer;
use crate::http::{Answer, Context, Problem, Query, Require, access::admin};

/// Which address.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// The address.
    #[param(value_type = String, example = "jo@garage.example")]
    email: EmailAddress,
}

/// Remove any address from the suppression list
///
/// As with the address in the path, which has no room for a slash.
#[utoipa::path(
    delete, path = "/admin/notifications/suppressions", operation_id = "removeSuppressionByQuery",
    tag = "Notifications", params(Which),
    responses((status = 200, description = "It is off the list", body = RemovedSuppressionAnswer))
)]
pub async fn handle(
    _: Require<admin::NotificationsWrite>,
    context: Context,
    which: Query<Which>,
    suppressions: web::Data<Suppressions>,
) -> Result<Answer, Problem> {
    let removed = suppressions.remove(&context, &which.email).await?;
    Answer::ok(&RemovedSuppressionAnswer::from(removed))
}
