use actix_web::web;
use kernel::{TenantId, TenantUserId};
use tenancy::service::People;

use super::dto::{UserAnswer, answer};
use crate::{
    composition::Core,
    http::{Answer, Context, NoBody, PathIds, Problem, Require, access::admin},
};

/// Make a person the owner of a workshop
///
/// Every other owner becomes ADMIN. 409 ILLEGAL_TRANSITION for somebody who is inactive or has not accepted their invitation.
#[utoipa::path(
    post, path = "/admin/tenants/{id}/users/{userId}/transfer-ownership", operation_id = "transferTenantOwnership",
    tag = "Tenant users",
    params(
        ("id" = uuid::Uuid, Path, description = "The workshop"),
        ("userId" = uuid::Uuid, Path, description = "The new owner"),
    ),
    responses((status = 200, description = "The new owner", body = UserAnswer))
)]
pub async fn handle(
    _: Require<admin::TenantUsersWrite>,
    context: Context,
    ids: PathIds<TenantId, TenantUserId>,
    _: NoBody,
    people: web::Data<People>,
    core: web::Data<Core>,
) -> Result<Answer, Problem> {
    answer(people.transfer_ownership(&context, ids.0, ids.1).await?, core.clock.now())
}
