use actix_web::web;
use kernel::{TenantId, TenantUserId};

use crate::{
    http::{Answer, Context, NoBody, PathIds, Problem, Require, access::admin},
    workflows::ErasePerson,
};

/// Erase a tenant's user
///
/// For good, and only who was deactivated or removed: their account, sessions, mail, and their name, address and telephone
/// wherever they are kept, tickets and the audit trail included. The trail still verifies, and shows their id only.
#[utoipa::path(
    post, path = "/admin/tenants/{id}/users/{userId}/erase", operation_id = "eraseTenantUser", tag = "Tenant users",
    params(
        ("id" = uuid::Uuid, Path, description = "The tenant"),
        ("userId" = uuid::Uuid, Path, description = "The person"),
    ),
    responses((status = 200, description = "They were erased", body = crate::http::MessageSchema))
)]
pub async fn handle(
    _: Require<admin::AdminsWrite>,
    context: Context,
    ids: PathIds<TenantId, TenantUserId>,
    _: NoBody,
    erase: web::Data<ErasePerson>,
) -> Result<Answer, Problem> {
    erase.erase_tenant_user(&context, ids.0, ids.1).await?;
    Ok(Answer::message("The person was erased."))
}
