//! What this crate announces.

use chrono::{DateTime, Utc};
use kernel::{
    Currency, TenantRole, TenantStatus,
    outbox::{About, DomainEvent},
};
use serde::{Deserialize, Serialize};

use crate::domain::{Plan, SubscriptionStatus, SubscriptionTerms};

/// Events of tenants, their people and their subscriptions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub enum TenancyEvent {
    /// A tenant was made.
    #[serde(rename = "tenant.created.v1")]
    TenantCreated { name: String, subdomain: String, plan: Plan },
    /// Fields of a tenant changed.
    #[serde(rename = "tenant.updated.v1")]
    TenantUpdated { fields: Vec<String> },
    /// A tenant was suspended.
    #[serde(rename = "tenant.suspended.v1")]
    TenantSuspended { by: SuspendedBy },
    /// A tenant works again.
    #[serde(rename = "tenant.reactivated.v1")]
    TenantReactivated {
        /// Its status before.
        from: TenantStatus,
    },
    /// A tenant was deleted, softly.
    #[serde(rename = "tenant.deleted.v1")]
    TenantDeleted {},
    /// A tenant is back.
    #[serde(rename = "tenant.restored.v1")]
    TenantRestored { status: TenantStatus },
    /// A trial ends soon.
    #[serde(rename = "tenant.trial_ending.v1")]
    TrialEnding {
        /// 1 or more.
        days_left: u32,
        ends_at: DateTime<Utc>,
    },
    /// A trial is over, and there is no subscription.
    #[serde(rename = "tenant.trial_expired.v1")]
    TrialExpired { ended_at: DateTime<Utc> },
    /// A person was added.
    #[serde(rename = "user.added.v1")]
    UserAdded { role: TenantRole, invited: bool },
    /// Fields of a person changed, other than the role alone.
    #[serde(rename = "user.updated.v1")]
    UserUpdated { fields: Vec<String> },
    /// A person has another role.
    #[serde(rename = "user.role_changed.v1")]
    UserRoleChanged { from: TenantRole, to: TenantRole },
    /// A person was removed.
    #[serde(rename = "user.removed.v1")]
    UserRemoved { role: TenantRole },
    /// A subscription was recorded or changed.
    #[serde(rename = "subscription.updated.v1")]
    SubscriptionUpdated { from: Option<Terms>, to: Terms },
}

impl TenancyEvent {
    /// A person's invitation was sent again, or accepted.
    #[must_use]
    pub fn invitation_updated() -> Self {
        Self::UserUpdated { fields: vec!["invitation".to_owned()] }
    }
}

impl DomainEvent for TenancyEvent {
    fn about(&self) -> About {
        match self {
            Self::TenantCreated { .. } | Self::TenantDeleted {} | Self::TenantRestored { .. } => {
                About::staff("tenant", "tenants:read")
            }
            Self::TenantUpdated { .. }
            | Self::TenantSuspended { .. }
            | Self::TenantReactivated { .. }
            | Self::TrialEnding { .. }
            | Self::TrialExpired { .. } => About::tenant("tenant", "workspace:read"),
            Self::UserAdded { .. }
            | Self::UserUpdated { .. }
            | Self::UserRoleChanged { .. }
            | Self::UserRemoved { .. } => About::tenant("user", "users:read"),
            Self::SubscriptionUpdated { .. } => About::tenant("subscription", "billing:read"),
        }
    }
}

/// Who suspended a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SuspendedBy {
    /// A member of staff.
    Staff,
}

/// The terms of a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct Terms {
    pub plan: Plan,
    pub status: SubscriptionStatus,
    pub price_cents: i64,
    pub currency: Currency,
    pub period_start: DateTime<Utc>,
    pub period_end: DateTime<Utc>,
}

impl From<&SubscriptionTerms> for Terms {
    fn from(terms: &SubscriptionTerms) -> Self {
        Self {
            plan: terms.plan,
            status: terms.status,
            price_cents: terms.price.cents(),
            currency: terms.price.currency(),
            period_start: terms.current_period_start,
            period_end: terms.current_period_end,
        }
    }
}
