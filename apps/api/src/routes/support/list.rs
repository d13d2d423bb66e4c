use actix_web::web;
use kernel::{AdminId, TenantId};
use serde::{Deserialize, Serialize};
use support::{
    domain::{Priority, SearchText, Status, TicketFilter, TicketSort},
    service::StaffTickets,
};
use utoipa::{IntoParams, ToSchema};

use super::dto::TicketDto;
use crate::http::{Answer, Listing, Pagination, PagingParams, Problem, Require, access::admin, search};

/// Which tickets.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct Filters {
    /// Only of this tenant.
    #[param(value_type = Option<uuid::Uuid>)]
    tenant_id: Option<TenantId>,
    /// Only with this status.
    #[param(value_type = Option<String>, example = "OPEN")]
    status: Option<Status>,
    /// Only with this priority.
    #[param(value_type = Option<String>, example = "URGENT")]
    priority: Option<Priority>,
    /// Only tickets that are assigned to this member of staff.
    #[param(value_type = Option<uuid::Uuid>)]
    assigned_to_id: Option<AdminId>,
    /// `true` for unassigned tickets only, `false` for assigned ones only.
    unassigned: Option<bool>,
    /// `true` for tickets that missed a target only, `false` for the others only.
    breached: Option<bool>,
    /// Words that must all occur in number, subject, description or messages, whatever the case and the spelling in Unicode;
    /// each may be the beginning of one.
    #[param(example = "invoice", max_length = 200)]
    search: Option<String>,
}

impl Filters {
    fn to_filter(&self) -> Result<TicketFilter, Problem> {
        Ok(TicketFilter {
            tenant_id: self.tenant_id,
            status: self.status,
            priority: self.priority,
            assigned_to: self.assigned_to_id,
            unassigned: self.unassigned,
            breached: self.breached,
            search: search_text(self.search.as_deref())?,
        })
    }
}

/// The words of the parameter `search`; an empty one finds everything.
pub(in crate::routes) fn search_text(text: Option<&str>) -> Result<Option<SearchText>, Problem> {
    let text = search(text)?;
    text.map(|text| SearchText::parse(&text)).transpose().map_err(|error| Problem::validation(vec![error]))
}

/// A page of tickets.
#[derive(Serialize, ToSchema)]
pub struct TicketList {
    pub(in crate::routes) tickets: Vec<TicketDto>,
    pub(in crate::routes) pagination: Pagination,
}

/// List tickets
///
/// Newest first unless sorted by `createdAt`, `updatedAt`, `priority` or `status`.
#[utoipa::path(
    get, path = "/admin/support/tickets", operation_id = "listTickets", tag = "Support",
    params(PagingParams, Filters),
    responses((status = 200, description = "A page of tickets", body = TicketList))
)]
pub async fn handle(
    _: Require<admin::SupportRead>,
    list: Listing<Filters, TicketSort>,
    tickets: web::Data<StaffTickets>,
) -> Result<Answer, Problem> {
    let page = tickets.list(&list.filters.to_filter()?, &list.page).await?;
    let (tickets, pagination) = list.answer(page, TicketDto::from);
    Answer::ok(&TicketList { tickets, pagination })
}
