use actix_web::web;
use email::{domain::NotificationId, service::Notifications};

use super::dto::{NotificationAnswer, answer};
use crate::http::{Answer, PathId, Problem, Require, access::admin};

/// Get a message
#[utoipa::path(
    get, path = "/admin/notifications/{id}", operation_id = "getNotification", tag = "Notifications",
    params(("id" = uuid::Uuid, Path, description = "The message")),
    responses((status = 200, description = "The message", body = NotificationAnswer))
)]
pub async fn handle(
    _: Require<admin::NotificationsRead>,
    id: PathId<NotificationId>,
    log: web::Data<Notifications>,
) -> Result<Answer, Problem> {
    answer(log.get(id.0).await?)
}
