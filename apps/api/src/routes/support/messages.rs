use actix_web::web;
use serde::Serialize;
use support::{
    domain::{MessageSort, TicketId},
    service::StaffTickets,
};
use utoipa::ToSchema;

use super::dto::StaffMessageDto;
use crate::http::{Answer, Listing, NoFilters, Pagination, PagingParams, PathId, Problem, Require, access::admin};

/// A page of a ticket's messages.
#[derive(Serialize, ToSchema)]
#[schema(as = TicketStaffMessageList)]
pub struct StaffMessageList {
    messages: Vec<StaffMessageDto>,
    pagination: Pagination,
}

/// List a ticket's messages
///
/// Oldest first unless sorted by `-createdAt`; notes among staff included.
#[utoipa::path(
    get, path = "/admin/support/tickets/{id}/messages", operation_id = "listTicketMessages", tag = "Support",
    params(("id" = uuid::Uuid, Path, description = "The ticket"), PagingParams),
    responses((status = 200, description = "A page of messages", body = StaffMessageList))
)]
pub async fn handle(
    _: Require<admin::SupportRead>,
    id: PathId<TicketId>,
    list: Listing<NoFilters, MessageSort>,
    tickets: web::Data<StaffTickets>,
) -> Result<Answer, Problem> {
    let page = tickets.messages(id.0, &list.page).await?;
    let (messages, pagination) = list.answer(page, StaffMessageDto::from);
    Answer::ok(&StaffMessageList { messages, pagination })
}
