use actix_web::web;

use crate::{
    composition::Core,
    http::{Answer, Context, Idempotent, Json, Problem, Require, TenantScope, access::tenant},
    routes::tenants::users::{
        add::AddTenantUserBody,
        dto::{UserAnswer, UserDto},
    },
    workflows::AddPerson,
};

/// Add a person to one's own workshop
///
/// By invitation, or with a password. They take one of the plan's seats (409 QUOTA_EXCEEDED when there is none). Only an owner
/// adds an owner.
#[utoipa::path(
    post, path = "/tenant/users", operation_id = "addOwnUser", tag = "Workspace users",
    request_body = AddTenantUserBody,
    responses((status = 201, description = "The new person", body = UserAnswer))
)]
pub async fn handle(
    _: Require<tenant::UsersWrite>,
    scope: TenantScope,
    context: Context,
    key: Idempotent,
    body: Json<AddTenantUserBody>,
    workflow: web::Data<AddPerson>,
    core: web::Data<Core>,
) -> Result<Answer, Problem> {
    let (new, password) = body.into_inner().into_command()?;
    let prepared = workflow.prepare(new, password.as_ref()).await?;
    key.once(async |tx| {
        let person = workflow.add_in(tx, &context, scope.0, prepared).await?;
        let (location, version) = (format!("/api/tenant/users/{}", person.id), person.version);
        let user = UserDto::new(person, core.clock.now());
        Ok(Answer::created(&location, &UserAnswer { user })?.etag(version))
    })
    .await
}
