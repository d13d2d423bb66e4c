use actix_web::web;
use serde::Deserialize;
use support::domain::{NewStaffTicket, NewStaffTicketInput, NewTicketInput};
use utoipa::ToSchema;

use super::dto::{TicketAnswer, created};
use crate::{
    http::{Answer, Context, Idempotent, Json, Problem, Require, access::admin},
    workflows::OpenTicket,
};

/// A ticket on behalf of a workshop.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateStaffTicketBody {
    /// Whose.
    #[schema(value_type = uuid::Uuid)]
    tenant_id: String,
    /// For which of its people; they get the mail.
    #[schema(value_type = Option<uuid::Uuid>)]
    tenant_user_id: Option<String>,
    /// For somebody without an account; not together with `tenantUserId`.
    #[schema(example = "jo@garage.example")]
    email: Option<String>,
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

impl CreateStaffTicketBody {
    fn into_command(self) -> Result<NewStaffTicket, Problem> {
        let Self { tenant_id, tenant_user_id, email, subject, description, priority, category } = self;
        let ticket = NewTicketInput { subject, description, priority, category };
        let input = NewStaffTicketInput { tenant_id, tenant_user_id, email, ticket };
        NewStaffTicket::parse(&input).map_err(Problem::validation)
    }
}

/// Create a ticket for a tenant
///
/// Whoever it is for gets a confirmation by mail. For an address without an account, 429 RATE_LIMITED after 5 an hour.
#[utoipa::path(
    post, path = "/admin/support/tickets", operation_id = "createTicket", tag = "Support",
    request_body = CreateStaffTicketBody,
    responses((status = 201, description = "The new ticket", body = TicketAnswer))
)]
pub async fn handle(
    _: Require<admin::SupportWrite>,
    context: Context,
    key: Idempotent,
    body: Json<CreateStaffTicketBody>,
    workflow: web::Data<OpenTicket>,
) -> Result<Answer, Problem> {
    let new = body.into_inner().into_command()?;
    key.once(async |tx| {
        let view = workflow.open_in(tx, &context, new).await?;
        created("/api/admin/support/tickets", view)
    })
    .await
}
