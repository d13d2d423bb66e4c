use actix_web::web;
use support::{domain::TicketId, service::WorkshopTickets};

use crate::{
    http::{Answer, Context, PathId, Problem, Require, TargetTenant, access::tenant},
    routes::support::dto::{TicketAnswer, answer},
};

/// Close a ticket
///
/// One that is closed already answers 409 ILLEGAL_TRANSITION.
#[utoipa::path(
    post, path = "/tenant/support/tickets/{id}/close", operation_id = "closeOwnTicket", tag = "Own tickets",
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    responses((status = 200, description = "The closed ticket", body = TicketAnswer))
)]
pub async fn handle(
    _: Require<tenant::TicketsWrite>,
    tenant: TargetTenant,
    context: Context,
    id: PathId<TicketId>,
    tickets: web::Data<WorkshopTickets>,
) -> Result<Answer, Problem> {
    answer(tickets.close(&context, tenant.id, id.0).await?)
}
