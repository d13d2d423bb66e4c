use actix_web::web;
use serde::Deserialize;
use support::{
    domain::{Priority, Status, TicketFilter, TicketSort},
    service::WorkshopTickets,
};
use utoipa::IntoParams;

use crate::{
    http::{Answer, Listing, PagingParams, Problem, Require, TargetTenant, access::tenant},
    routes::support::{
        dto::TicketDto,
        list::{TicketList, search_text},
    },
};

/// Which of the workshop's tickets.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct Filters {
    /// Only with this status.
    #[param(value_type = Option<String>, example = "OPEN")]
    status: Option<Status>,
    /// Only with this priority.
    #[param(value_type = Option<String>, example = "URGENT")]
    priority: Option<Priority>,
    /// Words that must all occur in number, subject, description or messages, whatever the case and the spelling in Unicode;
    /// each may be the beginning of one.
    #[param(example = "invoice", max_length = 200)]
    search: Option<String>,
}

impl Filters {
    fn to_filter(&self) -> Result<TicketFilter, Problem> {
        Ok(TicketFilter {
            status: self.status,
            priority: self.priority,
            search: search_text(self.search.as_deref())?,
            ..TicketFilter::default()
        })
    }
}

/// List your tenant's tickets
///
/// Newest first unless sorted by `createdAt`, `updatedAt`, `priority` or `status`.
#[utoipa::path(
    get, path = "/tenant/support/tickets", operation_id = "listOwnTickets", tag = "Own tickets",
    params(PagingParams, Filters),
    responses((status = 200, description = "A page of tickets", body = TicketList))
)]
pub async fn handle(
    _: Require<tenant::TicketsRead>,
    tenant: TargetTenant,
    list: Listing<Filters, TicketSort>,
    tickets: web::Data<WorkshopTickets>,
) -> Result<Answer, Problem> {
    let page = tickets.list(tenant.id, &list.filters.to_filter()?, &list.page).await?;
    let (tickets, pagination) = list.answer(page, TicketDto::from);
    Answer::ok(&TicketList { tickets, pagination })
}
