use chrono::{DateTime, Utc};
use kernel::{
    Changes, Currency, FieldCode, FieldError, Money, TenantId,
    input::{Fields, Word},
    moment,
};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};
use uuid::Uuid;

use super::Plan;

/// Ten million dollars a period: more is a slip of the finger.
const MAX_PRICE_CENTS: i64 = 1_000_000_000;

/// How the payments go.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum SubscriptionStatus {
    /// Not paid yet, and need not be.
    Trialing,
    /// Paid.
    Active,
    /// A payment failed and is tried again.
    PastDue,
    /// Ended.
    Cancelled,
    /// Payments failed for good.
    Unpaid,
}

/// What was agreed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SubscriptionTerms {
    /// The plan that is paid for. A workshop's own plan is changed apart from it.
    pub plan: Plan,
    /// How the payments go.
    pub status: SubscriptionStatus,
    /// Price of a period, 0 or more.
    pub price: Money,
    /// Begin of the running period.
    pub current_period_start: DateTime<Utc>,
    /// Its end, after its begin.
    pub current_period_end: DateTime<Utc>,
    /// Whether it then ends.
    pub cancel_at_period_end: bool,
}

/// A workshop's current subscription.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Subscription {
    pub id: Uuid,
    pub tenant_id: TenantId,
    pub terms: SubscriptionTerms,
    /// 1, and one more at each change; the ETag.
    pub version: i64,
    /// When it was first recorded.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// [`SubscriptionTerms`] as a client wrote them.
#[derive(Debug, Clone, Default)]
pub struct SubscriptionInput {
    /// `plan`
    pub plan: String,
    /// `status`
    pub status: String,
    /// `priceCents`, 0 to 1,000,000,000.
    pub price_cents: i64,
    /// `currency`; AUD when absent.
    pub currency: Option<String>,
    /// `currentPeriodStart`
    pub current_period_start: String,
    /// `currentPeriodEnd`
    pub current_period_end: String,
    /// `cancelAtPeriodEnd`; false when absent.
    pub cancel_at_period_end: Option<bool>,
}

impl SubscriptionTerms {
    /// Reads what a client wrote.
    ///
    /// # Errors
    /// Every wrong field at once.
    pub fn parse(input: &SubscriptionInput) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        let plan = fields.take(Plan::parse("plan", &input.plan));
        let status = fields.take(SubscriptionStatus::parse("status", &input.status));
        let cents = fields.take(parse_price(input.price_cents));
        let currency = fields.take(input.currency.as_deref().map_or(Ok(Currency::AUD), parse_currency));
        let start = fields.take(moment::kept("currentPeriodStart", &input.current_period_start));
        let end = fields.take(moment::kept("currentPeriodEnd", &input.current_period_end));
        if let (Some(start), Some(end)) = (start, end)
            && end <= start
        {
            fields.push(FieldError::new("currentPeriodEnd", FieldCode::OutOfRange, "must be after currentPeriodStart"));
        }
        let terms = || {
            Some(Self {
                plan: plan?,
                status: status?,
                price: Money::new(cents?, currency?),
                current_period_start: start?,
                current_period_end: end?,
                cancel_at_period_end: input.cancel_at_period_end.unwrap_or(false),
            })
        };
        fields.finish(terms())
    }
}

fn parse_price(cents: i64) -> Result<i64, FieldError> {
    if (0..=MAX_PRICE_CENTS).contains(&cents) {
        Ok(cents)
    } else {
        Err(FieldError::new("priceCents", FieldCode::OutOfRange, format!("must be 0 to {MAX_PRICE_CENTS}")))
    }
}

fn parse_currency(text: &str) -> Result<Currency, FieldError> {
    let parsed: Result<Currency, _> = text.parse();
    parsed.map_err(|error| FieldError::new("currency", FieldCode::Invalid, error.to_string()))
}

/// What the audit trail tells of a change; `from` is `None` for the first subscription.
pub(crate) fn changes(from: Option<&SubscriptionTerms>, to: &SubscriptionTerms) -> Changes {
    let old = |field: fn(&SubscriptionTerms) -> String| from.map(field);
    let text = |name, field: fn(&SubscriptionTerms) -> String, changes: Changes| {
        changes.field(name, &old(field), &Some(field(to)))
    };
    let changes = text("plan", |terms| terms.plan.to_string(), Changes::new());
    let changes = text("status", |terms| terms.status.to_string(), changes);
    let changes = text("currency", |terms| terms.price.currency().to_string(), changes);
    let changes = text("currentPeriodStart", |terms| terms.current_period_start.to_rfc3339(), changes);
    text("currentPeriodEnd", |terms| terms.current_period_end.to_rfc3339(), changes)
        .field("priceCents", &from.map(|terms| terms.price.cents()), &Some(to.price.cents()))
        .field("cancelAtPeriodEnd", &from.map(|terms| terms.cancel_at_period_end), &Some(to.cancel_at_period_end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_field_is_named() {
        let input = SubscriptionInput {
            plan: "GOLD".into(),
            status: "ACTIVE".into(),
            price_cents: -1,
            currency: Some("aud".into()),
            current_period_start: "2026-02-01T00:00:00Z".into(),
            current_period_end: "2026-01-01T00:00:00Z".into(),
            cancel_at_period_end: None,
        };
        let errors = SubscriptionTerms::parse(&input).expect_err("wrong");
        let named: Vec<_> = errors.iter().map(|error| error.field.as_ref()).collect();
        assert_eq!(named, ["plan", "priceCents", "currency", "currentPeriodEnd"]);
    }
}
