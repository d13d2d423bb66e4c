use actix_web::web;
use email::{domain::NotificationId, service::Notifications};

use super::dto::{NotificationAnswer, answer};
use crate::http::{Answer, Context, IfMatch, NoBody, PathId, Problem, Require, access::admin};

/// Retry a message
///
/// One that FAILED or was SUPPRESSED; it is PENDING then. Not while its address is on the suppression list, and not once the
/// secret in it was erased, a week after it failed.
#[utoipa::path(
    post, path = "/admin/notifications/{id}/retry", operation_id = "retryNotification", tag = "Notifications",
    params(("id" = uuid::Uuid, Path, description = "The message")),
    responses((status = 200, description = "The message, waiting again", body = NotificationAnswer))
)]
pub async fn handle(
    _: Require<admin::NotificationsWrite>,
    context: Context,
    id: PathId<NotificationId>,
    if_match: IfMatch,
    _: NoBody,
    log: web::Data<Notifications>,
) -> Result<Answer, Problem> {
    answer(log.retry(&context, id.0, &if_match).await?)
}
