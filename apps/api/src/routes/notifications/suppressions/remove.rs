use actix_web::web;
use email::service::Suppressions;
use kernel::EmailAddress;

use super::dto::RemovedSuppressionAnswer;
use crate::http::{Answer, Context, PathText, Problem, Require, access::admin};

/// Remove an address from the suppression list
///
/// It is written to again from now on; what was not sent meanwhile can be sent again one by one. An address with a
/// slash has no room in a path: send it as `?email=` to the list.
#[utoipa::path(
    delete, path = "/admin/notifications/suppressions/{email}", operation_id = "removeSuppression",
    tag = "Notifications",
    params(("email" = String, Path, description = "The address", example = "jo@garage.example")),
    responses((status = 200, description = "It is off the list", body = RemovedSuppressionAnswer))
)]
pub async fn handle(
    _: Require<admin::NotificationsWrite>,
    context: Context,
    email: PathText<EmailAddress>,
    suppressions: web::Data<Suppressions>,
) -> Result<Answer, Problem> {
    let removed = suppressions.remove(&context, &email.0).await?;
    Answer::ok(&RemovedSuppressionAnswer::from(removed))
}
