use actix_web::web;
use serde::Deserialize;
use serde_json::Value;
use tenancy::{
    domain::{TenantPatch, TenantPatchInput},
    service::Tenants,
};
use utoipa::ToSchema;

use super::dto::{OwnTenantAnswer, answer};
use crate::http::{Answer, Context, IfMatch, Json, Problem, Require, TenantScope, access::tenant, given};

/// Changes to one's own workshop: what is left out stays, `null` clears an optional field. Plan, trial and metadata are staff's.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateOwnTenantBody {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 120)]
    name: Option<Option<String>>,
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
    /// One of the workshop's people.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<uuid::Uuid>)]
    primary_contact_id: Option<Option<String>>,
}

impl UpdateOwnTenantBody {
    fn into_command(self) -> Result<TenantPatch, Problem> {
        let input = TenantPatchInput {
            name: self.name,
            website: self.website,
            logo: self.logo,
            description: self.description,
            business_details: self.business_details,
            primary_contact_id: self.primary_contact_id,
            ..TenantPatchInput::default()
        };
        TenantPatch::parse(input).map_err(Problem::validation)
    }
}

/// Change one's own workshop
///
/// With `If-Match`, only if nobody else has changed it since.
#[utoipa::path(
    patch, path = "/tenant", operation_id = "updateOwnTenant", tag = "Workspace",
    request_body = UpdateOwnTenantBody,
    responses((status = 200, description = "The changed workshop", body = OwnTenantAnswer))
)]
pub async fn handle(
    _: Require<tenant::WorkspaceWrite>,
    scope: TenantScope,
    context: Context,
    if_match: IfMatch,
    body: Json<UpdateOwnTenantBody>,
    tenants: web::Data<Tenants>,
) -> Result<Answer, Problem> {
    let patch = body.into_inner().into_command()?;
    answer(tenants.update(&context, scope.0, &if_match, patch).await?)
}
