use chrono::{DateTime, Utc};
use kernel::input::Word as _;
use serde::Serialize;
use tenancy::domain::Subscription;
use utoipa::ToSchema;
use uuid::Uuid;

/// A workshop's current subscription.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionDto {
    id: Uuid,
    tenant_id: Uuid,
    /// PROFESSIONAL, PERFORMANCE or ENTERPRISE.
    #[schema(example = "PROFESSIONAL")]
    plan: &'static str,
    /// TRIALING, ACTIVE, PAST_DUE, CANCELLED or UNPAID.
    #[schema(example = "ACTIVE")]
    status: &'static str,
    /// Price of a period in cents.
    #[schema(example = 9900)]
    price_cents: i64,
    #[schema(example = "AUD")]
    currency: String,
    current_period_start: DateTime<Utc>,
    current_period_end: DateTime<Utc>,
    cancel_at_period_end: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// The `ETag`'s number.
    version: i64,
}

impl From<Subscription> for SubscriptionDto {
    fn from(subscription: Subscription) -> Self {
        let terms = subscription.terms;
        Self {
            id: subscription.id,
            tenant_id: subscription.tenant_id.uuid(),
            plan: terms.plan.as_str(),
            status: terms.status.as_str(),
            price_cents: terms.price.cents(),
            currency: terms.price.currency().to_string(),
            current_period_start: terms.current_period_start,
            current_period_end: terms.current_period_end,
            cancel_at_period_end: terms.cancel_at_period_end,
            created_at: subscription.created_at,
            updated_at: subscription.updated_at,
            version: subscription.version,
        }
    }
}

/// One subscription.
#[derive(Serialize, ToSchema)]
pub struct SubscriptionAnswer {
    pub(super) subscription: SubscriptionDto,
}
