use actix_web::web;
use serde::Deserialize;
use support::{
    domain::{NewTicket, NewTicketInput},
    service::WorkshopTickets,
};
use utoipa::ToSchema;

use crate::{
    http::{Answer, Context, Idempotent, Json, Problem, Require, TargetTenant, access::tenant},
    routes::support::dto::{TicketAnswer, created},
};

/// A new ticket.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateTicketBody {
    #[schema(example = "Cannot see last month's invoice", max_length = 200)]
    subject: String,
    #[schema(max_length = 10000)]
    description: String,
    /// LOW, MEDIUM (when left out), HIGH or URGENT.
    #[schema(example = "MEDIUM")]
    priority: Option<String>,
    #[schema(example = "billing", max_length = 50)]
    category: Option<String>,
}

impl CreateTicketBody {
    fn into_command(self) -> Result<NewTicket, Problem> {
        let Self { subject, description, priority, category } = self;
        NewTicket::parse(&NewTicketInput { subject, description, priority, category }).map_err(Problem::validation)
    }
}

/// Create a ticket
///
/// Whoever opens it gets a confirmation by mail. Works after the trial's end, too.
#[utoipa::path(
    post, path = "/tenant/support/tickets", operation_id = "createOwnTicket", tag = "Own tickets",
    request_body = CreateTicketBody,
    responses((status = 201, description = "The new ticket", body = TicketAnswer))
)]
pub async fn handle(
    _: Require<tenant::TicketsWrite>,
    tenant: TargetTenant,
    context: Context,
    key: Idempotent,
    body: Json<CreateTicketBody>,
    tickets: web::Data<WorkshopTickets>,
) -> Result<Answer, Problem> {
    let new = body.into_inner().into_command()?;
    key.once(async |tx| {
        let view = tickets.create_in(tx, &context, tenant.id, new).await?;
        created("/api/tenant/support/tickets", view)
    })
    .await
}
