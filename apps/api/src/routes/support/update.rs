use actix_web::web;
use serde::Deserialize;
use support::{
    domain::{TicketId, TicketPatch, TicketPatchInput},
    service::StaffTickets,
};
use utoipa::ToSchema;

use super::dto::{TicketAnswer, answer};
use crate::http::{Answer, Context, IfMatch, Json, PathId, Problem, Require, access::admin, given};

/// Changes to a ticket: what is left out stays, `null` clears the category.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateTicketBody {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 200)]
    subject: Option<Option<String>>,
    /// LOW, MEDIUM, HIGH or URGENT. What is promised is computed anew, as if it had been so from the beginning.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, example = "HIGH")]
    priority: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 50)]
    category: Option<Option<String>>,
    /// OPEN (only of a resolved one, and within 14 days of a closed one), IN_PROGRESS, WAITING_FOR_CUSTOMER, RESOLVED or CLOSED.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, example = "RESOLVED")]
    status: Option<Option<String>>,
}

impl UpdateTicketBody {
    fn into_command(self) -> Result<TicketPatch, Problem> {
        let Self { subject, priority, category, status } = self;
        TicketPatch::parse(TicketPatchInput { subject, priority, category, status }).map_err(Problem::validation)
    }
}

/// Update a ticket
///
/// With `If-Match`, only if nobody else has changed it since. A step that there is none of answers 409 ILLEGAL_TRANSITION.
#[utoipa::path(
    patch, path = "/admin/support/tickets/{id}", operation_id = "updateTicket", tag = "Support",
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    request_body = UpdateTicketBody,
    responses((status = 200, description = "The changed ticket", body = TicketAnswer))
)]
pub async fn handle(
    _: Require<admin::SupportWrite>,
    context: Context,
    id: PathId<TicketId>,
    if_match: IfMatch,
    body: Json<UpdateTicketBody>,
    tickets: web::Data<StaffTickets>,
) -> Result<Answer, Problem> {
    let patch = body.into_inner().into_command()?;
    answer(tickets.update(&context, id.0, &if_match, patch).await?)
}
