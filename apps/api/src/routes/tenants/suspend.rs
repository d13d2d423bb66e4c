use actix_web::web;
use kernel::TenantId;
use serde::Deserialize;
use tenancy::{domain::SuspensionReason, service::Tenants};
use utoipa::ToSchema;

use super::dto::{TenantAnswer, answer};
use crate::http::{Answer, Context, Json, PathId, Problem, Require, access::admin};

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SuspendTenantBody {
    #[schema(example = "Two invoices are unpaid", max_length = 500)]
    reason: String,
}

/// Suspend a tenant
///
/// Its people are signed out within a second and cannot sign in until it is reactivated.
#[utoipa::path(
    post, path = "/admin/tenants/{id}/suspend", operation_id = "suspendTenant", tag = "Tenants",
    params(("id" = uuid::Uuid, Path, description = "The tenant")),
    request_body = SuspendTenantBody,
    responses((status = 200, description = "The suspended workshop", body = TenantAnswer))
)]
pub async fn handle(
    _: Require<admin::TenantsWrite>,
    context: Context,
    id: PathId<TenantId>,
    body: Json<SuspendTenantBody>,
    tenants: web::Data<Tenants>,
) -> Result<Answer, Problem> {
    let reason = SuspensionReason::parse(&body.reason).map_err(|error| Problem::validation(vec![error]))?;
    answer(tenants.suspend(&context, id.0, &reason).await?)
}
