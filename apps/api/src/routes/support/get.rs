use actix_web::web;
use serde::Serialize;
use support::{domain::TicketId, service::StaffTickets};
use utoipa::ToSchema;

use super::dto::{StaffMessageDto, TicketDto};
use crate::http::{Answer, PathId, Problem, Require, access::admin};

/// A ticket with everything that was said about it.
#[derive(Serialize, ToSchema)]
#[schema(as = TicketView)]
pub struct TicketViewDto {
    #[serde(flatten)]
    ticket: TicketDto,
    /// The oldest first; notes among staff too.
    messages: Vec<StaffMessageDto>,
}

/// One ticket with its messages.
#[derive(Serialize, ToSchema)]
pub struct TicketViewAnswer {
    ticket: TicketViewDto,
}

/// Get a ticket
///
/// With everything that was said about it, notes among staff included.
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
    let ticket = TicketViewDto { ticket: found.view.into(), messages };
    Ok(Answer::ok(&TicketViewAnswer { ticket })?.etag(version))
}
