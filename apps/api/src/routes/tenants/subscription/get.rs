use actix_web::web;
use kernel::TenantId;
use tenancy::service::Subscriptions;

use super::dto::SubscriptionAnswer;
use crate::http::{Answer, PathId, Problem, Require, access::admin};

/// Get a tenant's subscription
///
/// 404 while none is recorded.
#[utoipa::path(
    get, path = "/admin/tenants/{id}/subscription", operation_id = "getSubscription", tag = "Subscriptions",
    params(("id" = uuid::Uuid, Path, description = "The tenant")),
    responses((status = 200, description = "The subscription", body = SubscriptionAnswer))
)]
pub async fn handle(
    _: Require<admin::SubscriptionsRead>,
    id: PathId<TenantId>,
    subscriptions: web::Data<Subscriptions>,
) -> Result<Answer, Problem> {
    let subscription = subscriptions.get(id.0).await?;
    let version = subscription.version;
    Ok(Answer::ok(&SubscriptionAnswer { subscription: subscription.into() })?.etag(version))
}
