use actix_web::web;
use auth::PermissionMarker;
use secrecy::SecretString;
use serde::Deserialize;
use tenancy::domain::{NewPerson, NewPersonInput};
use utoipa::ToSchema;

use super::dto::{UserAnswer, UserDto};
use crate::{
    composition::Core,
    http::{Answer, Context, Idempotent, Json, Problem, Require, TargetTenant},
    workflows::AddPerson,
};

/// A new person of a workshop.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddTenantUserBody {
    #[schema(example = "Sam", max_length = 100)]
    first_name: String,
    #[schema(example = "Lee", max_length = 100)]
    last_name: String,
    #[schema(example = "sam@garage.example", max_length = 254)]
    email: String,
    /// OWNER, ADMIN, USER or VIEWER; USER when absent.
    #[schema(example = "USER")]
    role: Option<String>,
    /// Without it the person gets an invitation, through which they set one.
    #[schema(value_type = Option<String>, max_length = 128)]
    password: Option<SecretString>,
}

impl AddTenantUserBody {
    pub(in crate::routes) fn into_command(self) -> Result<(NewPerson, Option<SecretString>), Problem> {
        let input = NewPersonInput {
            first_name: self.first_name,
            last_name: self.last_name,
            email: self.email,
            role: self.role,
        };
        Ok((NewPerson::parse(&input).map_err(Problem::validation)?, self.password))
    }
}

/// Add a user to a tenant
///
/// With a password, or by invitation. They take one of the plan's seats (409 QUOTA_EXCEEDED when there is none). Of a
/// tenant's own people only an owner adds an owner.
#[utoipa::path(
    post, path = "/admin/tenants/{id}/users", operation_id = "addTenantUser", tag = "Tenant users",
    params(("id" = uuid::Uuid, Path, description = "The tenant")),
    request_body = AddTenantUserBody,
    responses((status = 201, description = "The new person", body = UserAnswer))
)]
pub async fn handle<P: PermissionMarker>(
    _: Require<P>,
    context: Context,
    tenant: TargetTenant,
    key: Idempotent,
    body: Json<AddTenantUserBody>,
    workflow: web::Data<AddPerson>,
    core: web::Data<Core>,
) -> Result<Answer, Problem> {
    let (new, password) = body.into_inner().into_command()?;
    let prepared = workflow.prepare(new, password.as_ref()).await?;
    key.once(async |tx| {
        let person = workflow.add_in(tx, &context, tenant.id, prepared).await?;
        let location = tenant.location(&format!("users/{}", person.id));
        let version = person.version;
        let user = UserDto::new(person, core.clock.now());
        Ok(Answer::created(&location, &UserAnswer { user })?.etag(version))
    })
    .await
}
