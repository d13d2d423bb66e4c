use actix_web::{HttpRequest, web};
use email::{
    service::Feedback,
    webhook::{ResendWebhook, Signature},
};

use crate::http::{Answer, Problem, Public, RawBody};

/// Receive Resend's delivery events
///
/// Signed with RESEND_WEBHOOK_SECRET (`svix-id`, `svix-timestamp`, `svix-signature`), at most five minutes ago; without that
/// variable there is nothing here. Delivery events move a message's status forward only; repeated, late and unknown ones are taken and
/// change nothing.
#[utoipa::path(
    post, path = "/webhooks/resend", operation_id = "takeResendNews", tag = "Webhooks",
    request_body(content = Object, description = "An event of Resend"),
    responses((status = 200, description = "Taken", body = crate::http::MessageSchema))
)]
pub async fn handle(
    _: Public,
    request: HttpRequest,
    body: RawBody,
    webhook: web::Data<Option<ResendWebhook>>,
    feedback: web::Data<Feedback>,
) -> Result<Answer, Problem> {
    let webhook = webhook.as_ref().as_ref().ok_or_else(Problem::not_found)?;
    let header = |name: &str| request.headers().get(name).map(|value| value.as_bytes());
    let signature =
        Signature { id: header("svix-id"), timestamp: header("svix-timestamp"), signature: header("svix-signature") };
    if let Some(delivery_event) = webhook.read(signature, &body)? {
        feedback.take(&delivery_event).await?;
    }
    Ok(Answer::message("Taken."))
}
