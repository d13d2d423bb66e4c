use actix_web::web;
use kernel::{TenantId, TenantUserId};
use tenancy::service::People;

use crate::http::{Answer, Context, NoBody, PathIds, Problem, Require, access::admin};

/// Take an invitation back
///
/// Its link dies, and the person is removed: they never came in. 409 ILLEGAL_TRANSITION for somebody who has accepted, or was
/// never invited.
#[utoipa::path(
    post, path = "/admin/tenants/{id}/users/{userId}/invitation/revoke", operation_id = "revokeInvitation",
    tag = "Tenant users",
    params(
        ("id" = uuid::Uuid, Path, description = "The workshop"),
        ("userId" = uuid::Uuid, Path, description = "The person"),
    ),
    responses((status = 200, description = "It is taken back", body = crate::http::MessageSchema))
)]
pub async fn handle(
    _: Require<admin::TenantUsersWrite>,
    context: Context,
    ids: PathIds<TenantId, TenantUserId>,
    _: NoBody,
    people: web::Data<People>,
) -> Result<Answer, Problem> {
    people.revoke_invitation(&context, ids.0, ids.1).await?;
    Ok(Answer::message("The invitation was taken back."))
}
