use actix_web::web;
use kernel::TenantId;
use serde::Deserialize;
use tenancy::{
    domain::{SubscriptionInput, SubscriptionTerms},
    service::Subscriptions,
};
use utoipa::ToSchema;

use super::dto::SubscriptionAnswer;
use crate::http::{Answer, Context, IfMatch, Json, PathId, Problem, Require, access::admin};

/// What was agreed.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PutSubscriptionBody {
    #[schema(example = "PROFESSIONAL")]
    plan: String,
    /// TRIALING, ACTIVE, PAST_DUE, CANCELLED or UNPAID.
    #[schema(example = "ACTIVE")]
    status: String,
    /// Price of a period in cents, 0 to 1,000,000,000.
    #[schema(example = 9900)]
    price_cents: i64,
    /// ISO 4217; AUD when absent.
    #[schema(example = "AUD")]
    currency: Option<String>,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    current_period_start: String,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    current_period_end: String,
    /// False when absent.
    cancel_at_period_end: Option<bool>,
}

impl PutSubscriptionBody {
    fn into_command(self) -> Result<SubscriptionTerms, Problem> {
        let input = SubscriptionInput {
            plan: self.plan,
            status: self.status,
            price_cents: self.price_cents,
            currency: self.currency,
            current_period_start: self.current_period_start,
            current_period_end: self.current_period_end,
            cancel_at_period_end: self.cancel_at_period_end,
        };
        SubscriptionTerms::parse(&input).map_err(Problem::validation)
    }
}

/// Set a tenant's subscription
///
/// The first one is created (201), a later one replaces the terms. With `If-Match`, only if nobody else has changed it
/// since.
#[utoipa::path(
    put, path = "/admin/tenants/{id}/subscription", operation_id = "putSubscription", tag = "Subscriptions",
    params(("id" = uuid::Uuid, Path, description = "The tenant")),
    request_body = PutSubscriptionBody,
    responses(
        (status = 200, description = "The changed subscription", body = SubscriptionAnswer),
        (status = 201, description = "The first subscription", body = SubscriptionAnswer),
    )
)]
pub async fn handle(
    _: Require<admin::SubscriptionsWrite>,
    context: Context,
    id: PathId<TenantId>,
    if_match: IfMatch,
    body: Json<PutSubscriptionBody>,
    subscriptions: web::Data<Subscriptions>,
) -> Result<Answer, Problem> {
    let terms = body.into_inner().into_command()?;
    let recorded = subscriptions.put(&context, id.0, &if_match, terms).await?;
    let version = recorded.subscription.version;
    let body = SubscriptionAnswer { subscription: recorded.subscription.into() };
    let answer = match recorded.created {
        true => Answer::created(&format!("/api/admin/tenants/{}/subscription", id.0), &body)?,
        false => Answer::ok(&body)?,
    };
    Ok(answer.etag(version))
}
