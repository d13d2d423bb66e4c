use actix_web::web;
use serde::{Deserialize, Serialize};
use support::{
    domain::{Body, TicketId},
    service::WorkshopTickets,
};
use utoipa::ToSchema;

use crate::{
    http::{Answer, Context, Idempotent, Json, PathId, Problem, Require, TargetTenant, access::tenant},
    routes::support::dto::{MessageDto, TicketDto},
};

/// Something to say about a ticket.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddMessageBody {
    #[schema(max_length = 10000)]
    body: String,
}

/// What was said, and the ticket after it.
#[derive(Serialize, ToSchema)]
pub struct MessageAnswer {
    message: MessageDto,
    ticket: TicketDto,
}

/// Add a message to a ticket
///
/// One that waited for it is worked on again; one that was resolved is open again. On a closed one answers 409
/// ILLEGAL_TRANSITION: reopen it first. A ticket holds at most 5,000 messages; one more answers 409 LIMIT_REACHED.
#[utoipa::path(
    post, path = "/tenant/support/tickets/{id}/messages", operation_id = "addOwnTicketMessage", tag = "Own tickets",
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    request_body = AddMessageBody,
    responses((status = 201, description = "The message and the ticket", body = MessageAnswer))
)]
pub async fn handle(
    _: Require<tenant::TicketsWrite>,
    tenant: TargetTenant,
    context: Context,
    id: PathId<TicketId>,
    key: Idempotent,
    body: Json<AddMessageBody>,
    tickets: web::Data<WorkshopTickets>,
) -> Result<Answer, Problem> {
    let body = Body::parse_as("body", &body.into_inner().body).map_err(|error| Problem::validation(vec![error]))?;
    key.once(async |tx| {
        let said = tickets.add_message_in(tx, &context, tenant.id, id.0, body).await?;
        let version = said.view.ticket.version;
        let location = format!("/api/tenant/support/tickets/{}", id.0);
        let answer = MessageAnswer { message: said.message.into(), ticket: said.view.into() };
        Ok(Answer::created(&location, &answer)?.etag(version))
    })
    .await
}
