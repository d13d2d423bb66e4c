use actix_web::web;
use kernel::TenantUserId;
use tenancy::service::People;

use crate::{
    composition::Core,
    http::{Answer, Context, IfMatch, Json, PathId, Problem, Require, TenantScope, access::tenant},
    routes::tenants::users::{
        dto::{UserAnswer, answer},
        update::UpdateTenantUserBody,
    },
};

/// Change a person of one's own workshop
///
/// A new role or a deactivation takes effect within a second. Nobody changes their own role or deactivates themselves (409
/// CANNOT_CHANGE_SELF), and only an owner touches or makes an owner (403).
#[utoipa::path(
    patch, path = "/tenant/users/{id}", operation_id = "updateOwnUser", tag = "Workspace users",
    params(("id" = uuid::Uuid, Path, description = "The person")),
    request_body = UpdateTenantUserBody,
    responses((status = 200, description = "The changed person", body = UserAnswer))
)]
#[expect(clippy::too_many_arguments, reason = "each is an extractor, and says what the route needs")]
pub async fn handle(
    _: Require<tenant::UsersWrite>,
    scope: TenantScope,
    context: Context,
    id: PathId<TenantUserId>,
    if_match: IfMatch,
    body: Json<UpdateTenantUserBody>,
    people: web::Data<People>,
    core: web::Data<Core>,
) -> Result<Answer, Problem> {
    let patch = body.into_inner().into_command()?;
    answer(people.update(&context, scope.0, id.0, &if_match, patch).await?, core.clock.now())
}
