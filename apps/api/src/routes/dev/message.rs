use actix_web::{
    HttpResponse,
    http::header::{self, ContentType},
    web,
};
use email::{domain::NotificationId, mailer::Mailbox};

use super::local::Local;
use crate::http::{PathId, Problem, Public};

/// The mail's own styles and pictures, and links that open elsewhere; nothing that runs, and no access to this origin.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src https: http: data:; \
    frame-ancestors 'none'; sandbox allow-popups allow-top-navigation-by-user-activation";

/// Shows a captured mail as its reader would see it.
#[utoipa::path(
    get, path = "/dev/mailbox/{id}", operation_id = "showDevMessage", tag = "Development",
    params(("id" = uuid::Uuid, Path, description = "The message")),
    responses((status = 200, description = "The HTML part", content_type = "text/html", body = String))
)]
pub async fn handle(
    _: Public,
    _: Local,
    id: PathId<NotificationId>,
    mailbox: web::Data<dyn Mailbox>,
) -> Result<HttpResponse, Problem> {
    let message = mailbox.message(id.0).await.map_err(Problem::internal)?.ok_or_else(Problem::not_found)?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_SECURITY_POLICY, POLICY));
    Ok(response.insert_header(ContentType::html()).body(message.html))
}
