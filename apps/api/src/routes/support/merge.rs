use actix_web::web;
use kernel::FieldCode;
use serde::Deserialize;
use support::{domain::TicketId, service::StaffTickets};
use utoipa::ToSchema;

use super::dto::{TicketAnswer, answer};
use crate::http::{Answer, Context, Json, PathId, Problem, Require, access::admin};

/// Where a ticket goes on.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MergeTicketBody {
    /// Another ticket of the same workshop that is not closed.
    #[schema(value_type = uuid::Uuid)]
    into_ticket_id: String,
}

/// Merge a ticket into another
///
/// The other gets all messages, in the order of time, and what was first written as one of them. The merged one is closed for
/// good and leads to it. 409 LIMIT_REACHED when both together hold more than the 5,000 messages that one may.
#[utoipa::path(
    post, path = "/admin/support/tickets/{id}/merge", operation_id = "mergeTicket", tag = "Support",
    params(("id" = uuid::Uuid, Path, description = "The ticket that ends")),
    request_body = MergeTicketBody,
    responses((status = 200, description = "The ticket that goes on", body = TicketAnswer))
)]
pub async fn handle(
    _: Require<admin::SupportWrite>,
    context: Context,
    id: PathId<TicketId>,
    body: Json<MergeTicketBody>,
    tickets: web::Data<StaffTickets>,
) -> Result<Answer, Problem> {
    let into = body.into_inner().into_ticket_id.parse();
    let into =
        into.map_err(|_| Problem::field("intoTicketId", FieldCode::NotFound, "names no ticket of this workshop"))?;
    answer(tickets.merge(&context, id.0, into).await?)
}
