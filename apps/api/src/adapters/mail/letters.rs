//! From an event's payload to what is said to whom.

use auth::{ADMIN_WELCOME, INVITATION_ISSUED, PASSWORD_RESET_LINK, TokenPurpose};
use chrono::{DateTime, Utc};
use email::domain::{
    AdminWelcome, Invoice, PasswordReset, PaymentFailed, TenantSuspended, TenantWelcome, TicketAssigned,
    TicketConfirmation, TicketReply, TrialExpiryWarning, Variables,
};
use kernel::{Currency, EmailAddress, StoreError, TenantId, Tx};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use sha2::{Digest, Sha256};
use support::events::{MESSAGE_ADDED, TICKET_ASSIGNED, TICKET_CREATED};
use tenancy::{
    domain::{Person, SubscriptionStatus, Tenant},
    events,
};
use uuid::Uuid;

use super::MailingOutbox;

/// Whom a message goes to, what it says, and under which key it is sent only once.
pub(super) type Addressed = (EmailAddress, Variables, Option<String>);

/// A message whose recipients may not be known yet.
#[derive(Debug)]
pub(super) enum Draft {
    /// To the person of the event.
    Person(EmailAddress, Variables),
    /// To the owners of the event's workshop.
    Owners(ToOwners),
}

/// What owners are told.
#[derive(Debug)]
pub(super) enum ToOwners {
    Suspended { reason: String },
    TrialEnding { days_left: u32, ends_at: DateTime<Utc> },
    PaymentFailed { terms: Terms },
    Invoice { subscription_id: Uuid, terms: Terms },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PersonFacts {
    email: EmailAddress,
    first_name: String,
    tenant_name: Option<String>,
    subdomain: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TrialFacts {
    days_left: u32,
    ends_at: DateTime<Utc>,
}

#[derive(Debug, Deserialize)]
struct SuspensionFacts {
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SubscriptionFacts {
    subscription_id: Uuid,
    from: Option<Terms>,
    to: Terms,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TicketFacts {
    ticket_number: String,
    /// Not told of a note among staff, which nobody is written to about.
    #[serde(default)]
    subject: String,
    /// Told of an assignment.
    #[serde(default)]
    priority: String,
    recipient: Option<RecipientFacts>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecipientFacts {
    email: EmailAddress,
    first_name: Option<String>,
}

/// A subscription's terms, as far as mail tells of them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Terms {
    status: SubscriptionStatus,
    price_cents: i64,
    currency: Currency,
    period_start: DateTime<Utc>,
    period_end: DateTime<Utc>,
}

fn facts<T: DeserializeOwned>(payload: &Value) -> Result<T, StoreError> {
    T::deserialize(payload).map_err(|error| StoreError::corrupt("outbox.payload", error))
}

impl Draft {
    /// What the event is to say; `None` for events that are no mail.
    pub(super) fn of(kind: &str, payload: &Value) -> Result<Option<Self>, StoreError> {
        Ok(match kind {
            ADMIN_WELCOME => {
                let PersonFacts { email, first_name, .. } = facts(payload)?;
                let variables = AdminWelcome { first_name, email: email.clone() };
                Some(Self::Person(email, Variables::AdminWelcome(variables)))
            }
            INVITATION_ISSUED => Some(invitation(facts(payload)?)?),
            PASSWORD_RESET_LINK => Some(reset(facts(payload)?)),
            events::TENANT_SUSPENDED => {
                let SuspensionFacts { reason } = facts(payload)?;
                Some(Self::Owners(ToOwners::Suspended { reason }))
            }
            events::TRIAL_ENDING => {
                let TrialFacts { days_left, ends_at } = facts(payload)?;
                Some(Self::Owners(ToOwners::TrialEnding { days_left, ends_at }))
            }
            events::SUBSCRIPTION_UPDATED => subscription(facts(payload)?).map(Self::Owners),
            TICKET_CREATED | MESSAGE_ADDED | TICKET_ASSIGNED => ticket(kind, facts(payload)?),
            _ => None,
        })
    }
}

fn invitation(facts: PersonFacts) -> Result<Draft, StoreError> {
    let PersonFacts { email, first_name, tenant_name, subdomain } = facts;
    let (Some(tenant_name), Some(subdomain)) = (tenant_name, subdomain) else {
        return Err(StoreError::corrupt("outbox.payload", "an invitation without its workshop"));
    };
    let valid_days = u32::try_from(TokenPurpose::Invitation.lifetime().num_days()).unwrap_or_default();
    let variables = TenantWelcome { first_name, tenant_name, subdomain, valid_days };
    Ok(Draft::Person(email, Variables::TenantWelcome(variables)))
}

fn reset(facts: PersonFacts) -> Draft {
    let PersonFacts { email, first_name, tenant_name, subdomain } = facts;
    // Both kinds of reset links live equally long.
    let valid_minutes = u32::try_from(TokenPurpose::TenantReset.lifetime().num_minutes()).unwrap_or_default();
    let variables = PasswordReset { first_name, tenant_name, subdomain, valid_minutes };
    Draft::Person(email, Variables::PasswordReset(variables))
}

/// Whom to write to was decided where the event was caused; often there is nobody.
fn ticket(kind: &str, facts: TicketFacts) -> Option<Draft> {
    let TicketFacts { ticket_number, subject: ticket_subject, priority, recipient } = facts;
    let RecipientFacts { email, first_name } = recipient?;
    let variables = match kind {
        TICKET_CREATED => {
            Variables::TicketConfirmation(TicketConfirmation { first_name, ticket_number, ticket_subject })
        }
        TICKET_ASSIGNED => {
            let first_name = first_name.unwrap_or_default();
            Variables::TicketAssigned(TicketAssigned { first_name, ticket_number, ticket_subject, priority })
        }
        _ => Variables::TicketReply(TicketReply { first_name, ticket_number, ticket_subject }),
    };
    Some(Draft::Person(email, variables))
}

/// A payment has failed when the subscription falls behind; a period is invoiced once it is paid for.
fn subscription(facts: SubscriptionFacts) -> Option<ToOwners> {
    let SubscriptionFacts { subscription_id, from, to } = facts;
    let status_before = from.as_ref().map(|from| from.status);
    match to.status {
        SubscriptionStatus::PastDue if status_before != Some(SubscriptionStatus::PastDue) => {
            Some(ToOwners::PaymentFailed { terms: to })
        }
        SubscriptionStatus::Active if to.price_cents > 0 => Some(ToOwners::Invoice { subscription_id, terms: to }),
        _ => None,
    }
}

impl MailingOutbox {
    /// The messages of a draft. Owners who only were invited get one when there is nobody else.
    pub(super) async fn addressed_in(
        &self,
        tx: &mut Tx,
        draft: Draft,
        tenant_id: Option<TenantId>,
    ) -> Result<Vec<Addressed>, StoreError> {
        let told = match draft {
            Draft::Person(recipient, variables) => return Ok(vec![(recipient, variables, None)]),
            Draft::Owners(told) => told,
        };
        let tenant_id = tenant_id.ok_or_else(|| StoreError::corrupt("outbox.tenant_id", "an event of no workshop"))?;
        let Some(summary) = self.tenants.find_in(tx, tenant_id).await? else { return Ok(Vec::new()) };
        let mut owners = self.people.list_active_owners_in(tx, tenant_id).await?;
        if owners.iter().any(Person::may_sign_in) {
            owners.retain(Person::may_sign_in);
        }
        let message = |owner: Person| told.to(&owner, &summary.tenant);
        Ok(owners.into_iter().map(message).collect())
    }
}

impl ToOwners {
    fn to(&self, owner: &Person, tenant: &Tenant) -> Addressed {
        let first_name = owner.first_name.to_string();
        let (tenant_name, subdomain) = (tenant.name.to_string(), tenant.subdomain.to_string());
        let (variables, once) = match self {
            Self::Suspended { reason } => {
                let variables = TenantSuspended { first_name, tenant_name, reason: reason.clone() };
                (Variables::TenantSuspended(variables), None)
            }
            Self::TrialEnding { days_left, ends_at } => {
                let (days_left, ends_on) = (*days_left, ends_at.date_naive());
                let variables = TrialExpiryWarning { first_name, tenant_name, subdomain, days_left, ends_on };
                (Variables::TrialExpiryWarning(variables), None)
            }
            Self::PaymentFailed { terms } => {
                let (amount_cents, currency) = (terms.price_cents, terms.currency);
                let variables = PaymentFailed { first_name, tenant_name, subdomain, amount_cents, currency };
                (Variables::PaymentFailed(variables), None)
            }
            Self::Invoice { subscription_id, terms } => {
                let invoice_number = invoice_number(*subscription_id, terms.period_start);
                let once = format!("invoice:{invoice_number}:{}", owner.id);
                let variables = Invoice {
                    first_name,
                    tenant_name,
                    subdomain,
                    invoice_number,
                    amount_cents: terms.price_cents,
                    currency: terms.currency,
                    period_start: terms.period_start.date_naive(),
                    period_end: terms.period_end.date_naive(),
                };
                (Variables::Invoice(variables), Some(once))
            }
        };
        (owner.email.clone(), variables, once)
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
#[path = "letters_tests.rs"]
mod tests;
