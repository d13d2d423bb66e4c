use async_trait::async_trait;
use chrono::{DateTime, Utc};
use email::domain::{Invoice, PaymentFailed, TenantSuspended, TrialExpiryWarning, Variables};
use kernel::{StoreError, Tx, outbox::NewEvent};
use sha2::{Digest, Sha256};
use tenancy::{
    domain::{Person, SubscriptionStatus, Tenant},
    events::{TenancyEvent, Terms},
};
use uuid::Uuid;

use super::{Addressed, Directory, Mailed};

#[async_trait]
impl Mailed for TenancyEvent {
    async fn mails_in(
        event: &NewEvent<Self>,
        directory: &Directory,
        tx: &mut Tx,
    ) -> Result<Vec<Addressed>, StoreError> {
        let Some(cause) = ToOwners::of(event.subject, &event.fact) else { return Ok(Vec::new()) };
        let tenant_id = event.tenant_id;
        let tenant_id = tenant_id.ok_or_else(|| StoreError::corrupt("outbox.tenant_id", "an event of no tenant"))?;
        let Some(summary) = directory.tenants.find_in(tx, tenant_id).await? else { return Ok(Vec::new()) };
        // Owners who only were invited are written to when there is nobody else.
        let mut owners = directory.people.list_active_owners_in(tx, tenant_id).await?;
        if owners.iter().any(Person::may_sign_in) {
            owners.retain(Person::may_sign_in);
        }
        Ok(owners.into_iter().map(|owner| cause.mail(owner, &summary.tenant)).collect())
    }
}

/// What owners are told.
#[derive(Debug, Clone, PartialEq)]
enum ToOwners {
    Suspended,
    TrialEnding { days_left: u32, ends_at: DateTime<Utc> },
    PaymentFailed { terms: Terms },
    Invoice { subscription_id: Uuid, terms: Terms },
}

impl ToOwners {
    fn of(subject: Uuid, fact: &TenancyEvent) -> Option<Self> {
        match fact {
            TenancyEvent::TenantSuspended { .. } => Some(Self::Suspended),
            TenancyEvent::TrialEnding { days_left, ends_at } => {
                Some(Self::TrialEnding { days_left: *days_left, ends_at: *ends_at })
            }
            TenancyEvent::SubscriptionUpdated { from, to } => Self::of_subscription(subject, from.as_ref(), *to),
            TenancyEvent::TenantCreated { .. }
            | TenancyEvent::TenantUpdated { .. }
            | TenancyEvent::TenantReactivated { .. }
            | TenancyEvent::TenantDeleted {}
            | TenancyEvent::TenantRestored { .. }
            | TenancyEvent::TrialExpired { .. }
            | TenancyEvent::UserAdded { .. }
            | TenancyEvent::UserUpdated { .. }
            | TenancyEvent::UserRoleChanged { .. }
            | TenancyEvent::UserRemoved { .. } => None,
        }
    }

    /// A payment has failed when the subscription falls behind; a period is invoiced once it is paid for.
    fn of_subscription(subscription_id: Uuid, from: Option<&Terms>, terms: Terms) -> Option<Self> {
        match terms.status {
            SubscriptionStatus::PastDue if from.is_none_or(|from| from.status != SubscriptionStatus::PastDue) => {
                Some(Self::PaymentFailed { terms })
            }
            SubscriptionStatus::Active if terms.price_cents > 0 => Some(Self::Invoice { subscription_id, terms }),
            _ => None,
        }
    }

    fn mail(&self, owner: Person, tenant: &Tenant) -> Addressed {
        let first_name = owner.first_name.to_string();
        let (tenant_name, subdomain) = (tenant.name.to_string(), tenant.subdomain.to_string());
        let mut once = None;
        let variables = match self {
            Self::Suspended => {
                let reason = tenant.suspended_reason.as_ref().map(ToString::to_string).unwrap_or_default();
                Variables::TenantSuspended(TenantSuspended { first_name, tenant_name, reason })
            }
            Self::TrialEnding { days_left, ends_at } => {
                let (days_left, ends_on) = (*days_left, ends_at.date_naive());
                let mail = TrialExpiryWarning { first_name, tenant_name, subdomain, days_left, ends_on };
                Variables::TrialExpiryWarning(mail)
            }
            Self::PaymentFailed { terms } => {
                let (amount_cents, currency) = (terms.price_cents, terms.currency);
                let mail = PaymentFailed { first_name, tenant_name, subdomain, amount_cents, currency };
                Variables::PaymentFailed(mail)
            }
            Self::Invoice { subscription_id, terms } => {
                let invoice_number = invoice_number(*subscription_id, terms.period_start);
                once = Some(format!("invoice:{invoice_number}:{}", owner.id));
                Variables::Invoice(Invoice {
                    first_name,
                    tenant_name,
                    subdomain,
                    invoice_number,
                    amount_cents: terms.price_cents,
                    currency: terms.currency,
                    period_start: terms.period_start.date_naive(),
                    period_end: terms.period_end.date_naive(),
                })
            }
        };
        Addressed { recipient: owner.email, variables, once }
    }
}

/// One number for each period of a subscription, whoever computes it and whenever: `INV-20260301-7F3A90C21B`.
fn invoice_number(subscription_id: Uuid, period_start: DateTime<Utc>) -> String {
    let mut hash = Sha256::new();
    hash.update(subscription_id.as_bytes());
    hash.update(period_start.timestamp_micros().to_be_bytes());
    let digest = hex::encode_upper(&hash.finalize()[..5]);
    format!("INV-{}-{digest}", period_start.format("%Y%m%d"))
}

#[cfg(test)]
#[path = "tenants_tests.rs"]
mod tests;
