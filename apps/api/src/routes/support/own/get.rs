use actix_web::web;
use serde::Serialize;
use support::{domain::TicketId, service::WorkshopTickets};
use utoipa::ToSchema;

use crate::{
    http::{Answer, PathId, Problem, Require, TargetTenant, access::tenant},
    routes::support::dto::{MessageDto, TicketDto},
};

/// A ticket with the newest of what was said about it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OwnTicketView)]
pub struct OwnTicketDto {
    #[serde(flatten)]
    ticket: TicketDto,
    /// The newest 50, the oldest of them first.
    #[schema(max_items = 50)]
    messages: Vec<MessageDto>,
    /// How many there are in all.
    message_count: u64,
}

/// One ticket with its messages.
#[derive(Serialize, ToSchema)]
pub struct OwnTicketViewAnswer {
    ticket: OwnTicketDto,
}

/// Get a ticket
///
/// With the newest 50 messages; the others are listed under `messages`.
#[utoipa::path(
    get, path = "/tenant/support/tickets/{id}", operation_id = "getOwnTicket", tag = "Own tickets",
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    responses((status = 200, description = "The ticket", body = OwnTicketViewAnswer))
)]
pub async fn handle(
    _: Require<tenant::TicketsRead>,
    tenant: TargetTenant,
    id: PathId<TicketId>,
    tickets: web::Data<WorkshopTickets>,
) -> Result<Answer, Problem> {
    let found = tickets.get(tenant.id, id.0).await?;
    let version = found.view.ticket.version;
    let messages = found.messages.into_iter().map(MessageDto::from).collect();
    let ticket = OwnTicketDto { ticket: found.view.into(), messages, message_count: found.message_count };
    Ok(Answer::ok(&OwnTicketViewAnswer { ticket })?.etag(version))
}
