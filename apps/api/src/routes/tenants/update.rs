use actix_web::web;
use kernel::TenantId;
use serde::Deserialize;
use serde_json::Value;
use tenancy::{
    domain::{TenantPatch, TenantPatchInput},
    service::Tenants,
};
use utoipa::ToSchema;

use super::dto::{TenantAnswer, answer};
use crate::http::{Answer, Context, IfMatch, Json, PathId, Problem, Require, access::admin, given};

/// Changes to a workshop: what is left out stays, `null` clears an optional field.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateTenantBody {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 120)]
    name: Option<Option<String>>,
    /// It must have a seat for everybody who is active (409 QUOTA_EXCEEDED).
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, example = "PERFORMANCE")]
    plan: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    website: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    logo: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    description: Option<Option<String>>,
    /// As a whole.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Object>)]
    business_details: Option<Option<Value>>,
    /// As a whole.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Object>)]
    metadata: Option<Option<Value>>,
    /// One of the workshop's people.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<uuid::Uuid>)]
    primary_contact_id: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    trial_ends_at: Option<Option<String>>,
}

impl UpdateTenantBody {
    fn into_command(self) -> Result<TenantPatch, Problem> {
        let input = TenantPatchInput {
            name: self.name,
            plan: self.plan,
            website: self.website,
            logo: self.logo,
            description: self.description,
            business_details: self.business_details,
            metadata: self.metadata,
            primary_contact_id: self.primary_contact_id,
            trial_ends_at: self.trial_ends_at,
        };
        TenantPatch::parse(input).map_err(Problem::validation)
    }
}

/// Change a workshop
///
/// With `If-Match`, only if nobody else has changed it since.
#[utoipa::path(
    patch, path = "/admin/tenants/{id}", operation_id = "updateTenant", tag = "Tenants",
    params(("id" = uuid::Uuid, Path, description = "The workshop")),
    request_body = UpdateTenantBody,
    responses((status = 200, description = "The changed workshop", body = TenantAnswer))
)]
pub async fn handle(
    _: Require<admin::TenantsWrite>,
    context: Context,
    id: PathId<TenantId>,
    if_match: IfMatch,
    body: Json<UpdateTenantBody>,
    tenants: web::Data<Tenants>,
) -> Result<Answer, Problem> {
    let patch = body.into_inner().into_command()?;
    answer(tenants.update(&context, id.0, &if_match, patch).await?)
}
