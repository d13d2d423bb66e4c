use actix_web::web;
use auth::PermissionMarker;
use kernel::TenantUserId;
use serde::Deserialize;
use tenancy::{
    domain::{PersonPatch, PersonPatchInput},
    service::People,
};
use utoipa::ToSchema;

use super::dto::{UserAnswer, answer};
use crate::{
    composition::Core,
    http::{Answer, Context, IfMatch, Json, LastId, Problem, Require, TargetTenant, given},
};

/// Changes to a person: what is left out stays, `null` clears the telephone.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateTenantUserBody {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, example = "ADMIN")]
    role: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    is_active: Option<Option<bool>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 100)]
    first_name: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 100)]
    last_name: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 40)]
    phone: Option<Option<String>>,
}

impl UpdateTenantUserBody {
    pub(in crate::routes) fn into_command(self) -> Result<PersonPatch, Problem> {
        let input = PersonPatchInput {
            first_name: self.first_name,
            last_name: self.last_name,
            role: self.role,
            is_active: self.is_active,
            phone: self.phone,
        };
        PersonPatch::parse(input).map_err(Problem::validation)
    }
}

/// Update a tenant's user
///
/// A new role or a deactivation takes effect within a second, on access tokens already handed out too. The last active
/// OWNER stays one. Of a tenant's own people nobody changes their own role or deactivates themselves (409
/// CANNOT_CHANGE_SELF), and only an owner touches or makes an owner (403).
#[utoipa::path(
    patch, path = "/admin/tenants/{id}/users/{userId}", operation_id = "updateTenantUser", tag = "Tenant users",
    params(
        ("id" = uuid::Uuid, Path, description = "The tenant"),
        ("userId" = uuid::Uuid, Path, description = "The person"),
    ),
    request_body = UpdateTenantUserBody,
    responses((status = 200, description = "The changed person", body = UserAnswer))
)]
#[expect(clippy::too_many_arguments, reason = "each is an extractor, and says what the route needs")]
pub async fn handle<P: PermissionMarker>(
    _: Require<P>,
    context: Context,
    tenant: TargetTenant,
    id: LastId<TenantUserId>,
    if_match: IfMatch,
    body: Json<UpdateTenantUserBody>,
    people: web::Data<People>,
    core: web::Data<Core>,
) -> Result<Answer, Problem> {
    let patch = body.into_inner().into_command()?;
    answer(people.update(&context, tenant.id, id.0, &if_match, patch).await?, core.clock.now())
}
