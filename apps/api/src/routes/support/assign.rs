use actix_web::web;
use kernel::{AdminId, FieldCode};
use serde::Deserialize;
use support::{domain::TicketId, service::StaffTickets};
use utoipa::ToSchema;

use super::dto::{TicketAnswer, answer};
use crate::http::{Answer, Context, Json, PathId, Problem, Require, access::admin};

/// Whom to give a ticket to.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssignTicketBody {
    /// An active member of staff with `support:write`; `null` for nobody.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(value_type = Option<uuid::Uuid>, required = true)]
    admin_user_id: Option<String>,
}

/// Assign a ticket
///
/// Whoever it is given to by somebody else gets a mail.
#[utoipa::path(
    post, path = "/admin/support/tickets/{id}/assign", operation_id = "assignTicket", tag = "Support",
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    request_body = AssignTicketBody,
    responses((status = 200, description = "The ticket", body = TicketAnswer))
)]
pub async fn handle(
    _: Require<admin::SupportWrite>,
    context: Context,
    id: PathId<TicketId>,
    body: Json<AssignTicketBody>,
    tickets: web::Data<StaffTickets>,
) -> Result<Answer, Problem> {
    let to = body.into_inner().admin_user_id.as_deref().map(assignee).transpose()?;
    answer(tickets.assign(&context, id.0, to).await?)
}

/// A text that is no id names nobody.
pub(super) fn assignee(text: &str) -> Result<AdminId, Problem> {
    text.parse().map_err(|_| Problem::field("adminUserId", FieldCode::NotFound, "names nobody"))
}
