use actix_web::web;
use auth::PermissionMarker;
use kernel::TenantUserId;
use tenancy::service::People;

use crate::http::{Answer, Context, LastId, NoBody, Problem, Require, TargetTenant};

/// Revoke an invitation
///
/// Its link dies, and the person is removed: they never came in. 409 ILLEGAL_TRANSITION for somebody who has accepted, or was
/// never invited.
#[utoipa::path(
    post, path = "/admin/tenants/{id}/users/{userId}/invitation/revoke", operation_id = "revokeInvitation",
    tag = "Tenant users",
    params(
        ("id" = uuid::Uuid, Path, description = "The tenant"),
        ("userId" = uuid::Uuid, Path, description = "The person"),
    ),
    responses((status = 200, description = "It is taken back", body = crate::http::MessageSchema))
)]
pub async fn handle<P: PermissionMarker>(
    _: Require<P>,
    context: Context,
    tenant: TargetTenant,
    id: LastId<TenantUserId>,
    _: NoBody,
    people: web::Data<People>,
) -> Result<Answer, Problem> {
    people.revoke_invitation(&context, tenant.id, id.0).await?;
    Ok(Answer::message("The invitation was taken back."))
}
