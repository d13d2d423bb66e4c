use actix_web::web;
use kernel::TenantUserId;
use tenancy::service::People;

use crate::{
    composition::Core,
    http::{Answer, Context, PathId, Problem, Require, TenantScope, access::tenant},
    routes::tenants::users::dto::{RemovedUserAnswer, UserDto},
};

/// Remove a person from one's own workshop
///
/// For good; they are signed out within a second. Whoever leaves removes themselves. The last active OWNER stays.
#[utoipa::path(
    delete, path = "/tenant/users/{id}", operation_id = "removeOwnUser", tag = "Workspace users",
    params(("id" = uuid::Uuid, Path, description = "The person")),
    responses((status = 200, description = "The person who was removed", body = RemovedUserAnswer))
)]
pub async fn handle(
    _: Require<tenant::UsersWrite>,
    scope: TenantScope,
    context: Context,
    id: PathId<TenantUserId>,
    people: web::Data<People>,
    core: web::Data<Core>,
) -> Result<Answer, Problem> {
    let person = people.remove(&context, scope.0, id.0).await?;
    let user = UserDto::new(person, core.clock.now());
    Answer::ok(&RemovedUserAnswer { message: "The person was removed.", user })
}
