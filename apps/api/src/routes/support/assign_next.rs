use actix_web::web;
use auth::AccountId;
use serde::{Deserialize, Serialize};
use support::service::StaffTickets;
use utoipa::ToSchema;

use super::{assign::assignee, dto::TicketDto};
use crate::http::{Answer, Context, Json, Problem, Require, access::admin};

/// Whom to give the next ticket to.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssignNextTicketBody {
    /// An active member of staff with `support:write`; whoever asks, when left out.
    #[schema(value_type = Option<uuid::Uuid>)]
    admin_user_id: Option<String>,
}

/// A ticket, or none.
#[derive(Serialize, ToSchema)]
pub struct NextTicketAnswer {
    /// `null` when nothing waits for anybody.
    #[schema(required = true)]
    ticket: Option<TicketDto>,
}

/// Assign the next ticket
///
/// The oldest of the most urgent ones that are nobody's and that something can be done about. However many ask at once, each
/// gets another.
#[utoipa::path(
    post, path = "/admin/support/tickets/next", operation_id = "assignNextTicket", tag = "Support",
    request_body = AssignNextTicketBody,
    responses((status = 200, description = "The ticket, if there was one", body = NextTicketAnswer))
)]
pub async fn handle(
    staff: Require<admin::SupportWrite>,
    context: Context,
    body: Json<AssignNextTicketBody>,
    tickets: web::Data<StaffTickets>,
) -> Result<Answer, Problem> {
    let to = body.into_inner().admin_user_id.as_deref().map(assignee).transpose()?;
    let own = match AccountId::of(&staff) {
        Some(AccountId::Admin(id)) => Some(id),
        Some(AccountId::Tenant { .. }) | None => None,
    };
    let view = tickets.assign_next(&context, to.or(own).ok_or_else(Problem::forbidden)?).await?;
    let version = view.as_ref().map(|view| view.ticket.version);
    let answer = Answer::ok(&NextTicketAnswer { ticket: view.map(TicketDto::from) })?;
    Ok(match version {
        Some(version) => answer.etag(version),
        None => answer,
    })
}
