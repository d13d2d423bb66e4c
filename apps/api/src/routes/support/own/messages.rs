use actix_web::web;
use serde::Serialize;
use support::{
    domain::{MessageSort, TicketId},
    service::WorkshopTickets,
};
use utoipa::ToSchema;

use crate::{
    http::{
        Answer, Listing, NoFilters, Pagination, PagingParams, PathId, Problem, Require, TargetTenant, access::tenant,
    },
    routes::support::dto::MessageDto,
};

/// A page of a ticket's messages.
#[derive(Serialize, ToSchema)]
#[schema(as = TicketMessageList)]
pub struct MessageList {
    messages: Vec<MessageDto>,
    pagination: Pagination,
}

/// List a ticket's messages
///
/// Oldest first unless sorted by `-createdAt`.
#[utoipa::path(
    get, path = "/tenant/support/tickets/{id}/messages", operation_id = "listOwnTicketMessages", tag = "Own tickets",
    params(("id" = uuid::Uuid, Path, description = "The ticket"), PagingParams),
    responses((status = 200, description = "A page of messages", body = MessageList))
)]
pub async fn handle(
    _: Require<tenant::TicketsRead>,
    tenant: TargetTenant,
    id: PathId<TicketId>,
    list: Listing<NoFilters, MessageSort>,
    tickets: web::Data<WorkshopTickets>,
) -> Result<Answer, Problem> {
    let page = tickets.messages(tenant.id, id.0, &list.page).await?;
    let (messages, pagination) = list.answer(page, MessageDto::from);
    Answer::ok(&MessageList { messages, pagination })
}
