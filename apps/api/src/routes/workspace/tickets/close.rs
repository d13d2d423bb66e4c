use actix_web::web;
use support::{domain::TicketId, service::WorkshopTickets};

use crate::{
    http::{Answer, Context, PathId, Problem, Require, TenantScope, access::tenant},
    routes::support::dto::{TicketAnswer, answer},
};

/// Close a ticket
///
/// One that is closed already answers 409 ILLEGAL_TRANSITION.
#[utoipa::path(
    post, path = "/tenant/support/tickets/{id}/close", operation_id = "closeOwnTicket", tag = "Workspace support",
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    responses((status = 200, description = "The closed ticket", body = TicketAnswer))
)]
pub async fn handle(
    _: Require<tenant::TicketsWrite>,
    scope: TenantScope,
    context: Context,
    id: PathId<TicketId>,
    tickets: web::Data<WorkshopTickets>,
) -> Result<Answer, Problem> {
    answer(tickets.close(&context, scope.0, id.0).await?)
}
