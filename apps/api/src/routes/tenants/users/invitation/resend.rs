use actix_web::web;
use auth::PermissionMarker;
use kernel::TenantUserId;

use crate::{
    http::{Answer, Context, Idempotent, LastId, NoBody, Problem, Require, TargetTenant},
    workflows::InviteAgain,
};

/// Resend an invitation
///
/// With a new link, good for 7 days; older ones die. 409 ILLEGAL_TRANSITION for somebody who has accepted, or was never invited.
/// After 5 an hour to one person or address, and 200 a day on behalf of the workshop: 429 RATE_LIMITED.
#[utoipa::path(
    post, path = "/admin/tenants/{id}/users/{userId}/invitation/resend", operation_id = "resendInvitation",
    tag = "Tenant users",
    params(
        ("id" = uuid::Uuid, Path, description = "The tenant"),
        ("userId" = uuid::Uuid, Path, description = "The person"),
    ),
    responses((status = 202, description = "It is on its way", body = crate::http::MessageSchema))
)]
pub async fn handle<P: PermissionMarker>(
    _: Require<P>,
    context: Context,
    tenant: TargetTenant,
    id: LastId<TenantUserId>,
    key: Idempotent,
    _: NoBody,
    workflow: web::Data<InviteAgain>,
) -> Result<Answer, Problem> {
    key.once(async |tx| {
        workflow.invite_in(tx, &context, tenant.id, id.0).await?;
        Ok(Answer::message("The invitation is on its way.").status(actix_web::http::StatusCode::ACCEPTED))
    })
    .await
}
