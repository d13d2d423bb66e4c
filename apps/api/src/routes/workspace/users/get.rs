use actix_web::web;
use kernel::TenantUserId;
use tenancy::service::People;

use crate::{
    composition::Core,
    http::{Answer, PathId, Problem, Require, TenantScope, access::tenant},
    routes::tenants::users::dto::{UserAnswer, answer},
};

/// Get a person of one's own workshop
#[utoipa::path(
    get, path = "/tenant/users/{id}", operation_id = "getOwnUser", tag = "Workspace users",
    params(("id" = uuid::Uuid, Path, description = "The person")),
    responses((status = 200, description = "The person", body = UserAnswer))
)]
pub async fn handle(
    _: Require<tenant::UsersRead>,
    scope: TenantScope,
    id: PathId<TenantUserId>,
    people: web::Data<People>,
    core: web::Data<Core>,
) -> Result<Answer, Problem> {
    answer(people.get(scope.0, id.0).await?, core.clock.now())
}
