use actix_web::web;
use support::{domain::TicketId, service::WorkshopTickets};

use crate::{
    http::{Answer, Context, PathId, Problem, Require, TargetTenant, access::tenant},
    routes::support::dto::{TicketAnswer, answer},
};

/// Reopen a ticket
///
/// A resolved one, or one that was closed within the last 14 days; anything else answers 409 ILLEGAL_TRANSITION.
#[utoipa::path(
    post, path = "/tenant/support/tickets/{id}/reopen", operation_id = "reopenOwnTicket", tag = "Own tickets",
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    responses((status = 200, description = "The open ticket", body = TicketAnswer))
)]
pub async fn handle(
    _: Require<tenant::TicketsWrite>,
    tenant: TargetTenant,
    context: Context,
    id: PathId<TicketId>,
    tickets: web::Data<WorkshopTickets>,
) -> Result<Answer, Problem> {
    answer(tickets.reopen(&context, tenant.id, id.0).await?)
}
