use tenancy::{domain::Plan, events::SuspendedBy};

use super::*;

const MARCH: &str = "2026-03-01T00:00:00Z";

fn terms(status: SubscriptionStatus, price_cents: i64) -> Terms {
    Terms {
        plan: Plan::Professional,
        status,
        price_cents,
        currency: "AUD".parse().expect("a currency"),
        period_start: MARCH.parse().expect("a time"),
        period_end: "2026-04-01T00:00:00Z".parse().expect("a time"),
    }
}

/// What a change of a subscription tells owners.
fn template_for(from: Option<Terms>, to: Terms) -> Option<&'static str> {
    match ToOwners::of(Uuid::nil(), &TenancyEvent::SubscriptionUpdated { from, to })? {
        ToOwners::Invoice { .. } => Some("invoice"),
        ToOwners::PaymentFailed { .. } => Some("payment failed"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_period_is_invoiced_when_it_is_paid_and_a_failure_told_when_it_begins() {
    use SubscriptionStatus::{Active, Cancelled, PastDue, Trialing, Unpaid};
    assert_eq!(template_for(None, terms(Active, 9_900)), Some("invoice"));
    assert_eq!(template_for(Some(terms(PastDue, 9_900)), terms(Active, 9_900)), Some("invoice"));
    assert_eq!(template_for(None, terms(Active, 0)), None, "nothing to pay");
    assert_eq!(template_for(Some(terms(Active, 9_900)), terms(PastDue, 9_900)), Some("payment failed"));
    assert_eq!(template_for(Some(terms(PastDue, 9_900)), terms(PastDue, 5_000)), None, "told before");
    for status in [Trialing, Cancelled, Unpaid] {
        assert_eq!(template_for(Some(terms(Active, 9_900)), terms(status, 9_900)), None, "{status:?}");
    }
}

#[test]
fn suspensions_and_the_ends_of_trials_are_told_and_nothing_else() {
    let of = |fact| ToOwners::of(Uuid::nil(), &fact);
    assert_eq!(of(TenancyEvent::TenantSuspended { by: SuspendedBy::Staff }), Some(ToOwners::Suspended));
    let ends_at = MARCH.parse().expect("a time");
    let ending = of(TenancyEvent::TrialEnding { days_left: 3, ends_at });
    assert_eq!(ending, Some(ToOwners::TrialEnding { days_left: 3, ends_at }));
    assert_eq!(of(TenancyEvent::TrialExpired { ended_at: ends_at }), None);
    assert_eq!(of(TenancyEvent::TenantDeleted {}), None);
}

#[test]
fn one_period_has_one_number() {
    let start = MARCH.parse().expect("a time");
    let number = invoice_number(Uuid::from_u128(1), start);
    assert!(number.starts_with("INV-20260301-") && number.len() == 23, "{number}");
    assert_eq!(number, invoice_number(Uuid::from_u128(1), start));
    assert_ne!(number, invoice_number(Uuid::from_u128(2), start));
    assert_ne!(number, invoice_number(Uuid::from_u128(1), "2026-03-01T01:00:00Z".parse().expect("a time")));
}
