use actix_web::web;
use serde::{Deserialize, Serialize};
use support::{
    domain::{Body, TicketId},
    service::StaffTickets,
};
use utoipa::ToSchema;

use super::dto::{StaffMessageDto, TicketDto};
use crate::http::{Answer, Context, Idempotent, Json, PathId, Problem, Require, access::admin};

/// Something to say about a ticket.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddStaffMessageBody {
    #[schema(max_length = 10000)]
    body: String,
    /// A note among staff, which the workshop never gets to know of; false when left out.
    #[serde(default)]
    internal: bool,
}

/// What was said, and the ticket after it.
#[derive(Serialize, ToSchema)]
pub struct StaffMessageAnswer {
    message: StaffMessageDto,
    ticket: TicketDto,
}

/// Add a message or an internal note to a ticket
///
/// Whoever the ticket was opened for gets a mail about an answer, never about a note. The first answer sets `firstResponseAt`.
/// A ticket holds at most 5,000 messages; one more answers 409 LIMIT_REACHED.
#[utoipa::path(
    post, path = "/admin/support/tickets/{id}/messages", operation_id = "addTicketMessage", tag = "Support",
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    request_body = AddStaffMessageBody,
    responses((status = 201, description = "The message and the ticket", body = StaffMessageAnswer))
)]
pub async fn handle(
    _: Require<admin::SupportWrite>,
    context: Context,
    id: PathId<TicketId>,
    key: Idempotent,
    body: Json<AddStaffMessageBody>,
    tickets: web::Data<StaffTickets>,
) -> Result<Answer, Problem> {
    let AddStaffMessageBody { body, internal } = body.into_inner();
    let body = Body::parse_as("body", &body).map_err(|error| Problem::validation(vec![error]))?;
    key.once(async |tx| {
        let said = tickets.add_message_in(tx, &context, id.0, body, internal).await?;
        let version = said.view.ticket.version;
        let location = format!("/api/admin/support/tickets/{}", id.0);
        let answer = StaffMessageAnswer { message: said.message.into(), ticket: said.view.into() };
        Ok(Answer::created(&location, &answer)?.etag(version))
    })
    .await
}
