use actix_web::web;
use serde::Serialize;
use support::{domain::TicketId, service::StaffTickets};
use utoipa::ToSchema;

use super::dto::{StaffMessageDto, TicketDto};
use crate::http::{Answer, PathId, Problem, Require, access::admin};

/// A ticket with the newest of what was said about it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TicketView)]
pub struct TicketViewDto {
    #[serde(flatten)]
    ticket: TicketDto,
    /// The newest 50, the oldest of them first; notes among staff too.
    #[schema(max_items = 50)]
    messages: Vec<StaffMessageDto>,
    /// How many there are in all.
    message_count: u64,
}

/// One ticket with its messages.
#[derive(Serialize, ToSchema)]
pub struct TicketViewAnswer {
    ticket: TicketViewDto,
}

/// Get a ticket
///
/// With the newest 50 messages, notes among staff included; the others are listed under `messages`.
#[utoipa::path(
    get, path = "/admin/support/tickets/{id}", operation_id = "getTicket", tag = "Support",
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    responses((status = 200, description = "The ticket", body = TicketViewAnswer))
)]
pub async fn handle(
    _: Require<admin::SupportRead>,
    id: PathId<TicketId>,
    tickets: web::Data<StaffTickets>,
) -> Result<Answer, Problem> {
    let found = tickets.get(id.0).await?;
    let version = found.view.ticket.version;
    let messages = found.messages.into_iter().map(StaffMessageDto::from).collect();
    let ticket = TicketViewDto { ticket: found.view.into(), messages, message_count: found.message_count };
    Ok(Answer::ok(&TicketViewAnswer { ticket })?.etag(version))
}
