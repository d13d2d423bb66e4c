use actix_web::web;
use auth::PermissionMarker;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use tenancy::{
    domain::{TenantPatch, TenantPatchInput, TenantSummary},
    service::Tenants,
};
use utoipa::ToSchema;

use super::dto::TenantAnswer;
use crate::http::{Answer, Context, IfMatch, Json, Problem, Require, TargetTenant, given};

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

impl From<UpdateTenantBody> for TenantPatchInput {
    fn from(body: UpdateTenantBody) -> Self {
        Self {
            name: body.name,
            plan: body.plan,
            website: body.website,
            logo: body.logo,
            description: body.description,
            business_details: body.business_details,
            metadata: body.metadata,
            primary_contact_id: body.primary_contact_id,
            trial_ends_at: body.trial_ends_at,
        }
    }
}

/// Changes to one's own tenant: what is left out stays, `null` clears an optional field. Plan, trial and metadata are staff's.
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
    /// One of the tenant's people.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<uuid::Uuid>)]
    primary_contact_id: Option<Option<String>>,
}

impl From<UpdateOwnTenantBody> for TenantPatchInput {
    fn from(body: UpdateOwnTenantBody) -> Self {
        Self {
            name: body.name,
            website: body.website,
            logo: body.logo,
            description: body.description,
            business_details: body.business_details,
            primary_contact_id: body.primary_contact_id,
            ..Self::default()
        }
    }
}

/// Update a tenant
///
/// With `If-Match`, only if nobody else has changed it since.
#[utoipa::path(
    patch, path = "/admin/tenants/{id}", operation_id = "updateTenant", tag = "Tenants",
    params(("id" = uuid::Uuid, Path, description = "The tenant")),
    request_body = UpdateTenantBody,
    responses((status = 200, description = "The changed tenant", body = TenantAnswer))
)]
pub async fn handle<P, B, A>(
    _: Require<P>,
    context: Context,
    tenant: TargetTenant,
    if_match: IfMatch,
    body: Json<B>,
    tenants: web::Data<Tenants>,
) -> Result<Answer, Problem>
where
    P: PermissionMarker,
    B: DeserializeOwned + Into<TenantPatchInput> + 'static,
    A: From<TenantSummary> + Serialize,
{
    let patch = TenantPatch::parse(body.into_inner().into()).map_err(Problem::validation)?;
    let summary = tenants.update(&context, tenant.id, &if_match, patch).await?;
    let version = summary.tenant.version;
    Ok(Answer::ok(&A::from(summary))?.etag(version))
}
