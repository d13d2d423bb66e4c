use actix_web::{http::StatusCode, web};
use kernel::TenantUserId;

use crate::{
    http::{Answer, Context, Idempotent, NoBody, PathId, Problem, Require, TenantScope, access::tenant},
    workflows::InviteAgain,
};

/// Send an invitation to one's own workshop again
///
/// With a new link, good for 7 days; older ones die.
/// After 5 an hour to one person or address, and 200 a day on behalf of the workshop: 429 RATE_LIMITED.
#[utoipa::path(
    post, path = "/tenant/users/{id}/invitation/resend", operation_id = "resendOwnInvitation",
    tag = "Workspace users",
    params(("id" = uuid::Uuid, Path, description = "The person")),
    responses((status = 202, description = "It is on its way", body = crate::http::MessageSchema))
)]
pub async fn handle(
    _: Require<tenant::UsersWrite>,
    scope: TenantScope,
    context: Context,
    id: PathId<TenantUserId>,
    key: Idempotent,
    _: NoBody,
    workflow: web::Data<InviteAgain>,
) -> Result<Answer, Problem> {
    key.once(async |tx| {
        workflow.invite_in(tx, &context, scope.0, id.0).await?;
        Ok(Answer::message("The invitation is on its way.").status(StatusCode::ACCEPTED))
    })
    .await
}
