use actix_web::web;
use kernel::TenantUserId;
use tenancy::service::People;

use crate::{
    composition::Core,
    http::{Answer, Context, NoBody, PathId, Problem, Require, TenantScope, access::tenant},
    routes::tenants::users::dto::{UserAnswer, answer},
};

/// Hand one's workshop over
///
/// The person becomes OWNER, and whoever asks, an owner, ADMIN. 409 ILLEGAL_TRANSITION for somebody who is inactive or has not
/// accepted their invitation.
#[utoipa::path(
    post, path = "/tenant/users/{id}/transfer-ownership", operation_id = "transferOwnership", tag = "Workspace users",
    params(("id" = uuid::Uuid, Path, description = "The new owner")),
    responses((status = 200, description = "The new owner", body = UserAnswer))
)]
pub async fn handle(
    _: Require<tenant::UsersWrite>,
    scope: TenantScope,
    context: Context,
    id: PathId<TenantUserId>,
    _: NoBody,
    people: web::Data<People>,
    core: web::Data<Core>,
) -> Result<Answer, Problem> {
    answer(people.transfer_ownership(&context, scope.0, id.0).await?, core.clock.now())
}
