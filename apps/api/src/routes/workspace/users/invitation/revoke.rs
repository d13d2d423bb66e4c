use actix_web::web;
use kernel::TenantUserId;
use tenancy::service::People;

use crate::http::{Answer, Context, NoBody, PathId, Problem, Require, TenantScope, access::tenant};

/// Take an invitation to one's own workshop back
///
/// Its link dies, and the person is removed: they never came in.
#[utoipa::path(
    post, path = "/tenant/users/{id}/invitation/revoke", operation_id = "revokeOwnInvitation",
    tag = "Workspace users",
    params(("id" = uuid::Uuid, Path, description = "The person")),
    responses((status = 200, description = "It is taken back", body = crate::http::MessageSchema))
)]
pub async fn handle(
    _: Require<tenant::UsersWrite>,
    scope: TenantScope,
    context: Context,
    id: PathId<TenantUserId>,
    _: NoBody,
    people: web::Data<People>,
) -> Result<Answer, Problem> {
    people.revoke_invitation(&context, scope.0, id.0).await?;
    Ok(Answer::message("The invitation was taken back."))
}
