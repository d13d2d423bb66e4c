use serde_json::json;

use super::*;

const MARCH: &str = "2026-03-01T00:00:00Z";

fn of(kind: &str, payload: &Value) -> Option<Draft> {
    Draft::of(kind, payload).expect("a right payload")
}

fn terms(status: &str, price_cents: i64) -> Value {
    json!({
        "plan": "PROFESSIONAL", "status": status, "priceCents": price_cents, "currency": "AUD",
        "periodStart": MARCH, "periodEnd": "2026-04-01T00:00:00Z",
    })
}

/// What a change of a subscription tells owners.
fn told(from: Value, to: Value) -> Option<&'static str> {
    let payload = json!({ "subscriptionId": Uuid::nil(), "from": from, "to": to });
    match of(events::SUBSCRIPTION_UPDATED, &payload)? {
        Draft::Owners(ToOwners::Invoice { .. }) => Some("invoice"),
        Draft::Owners(ToOwners::PaymentFailed { .. }) => Some("payment failed"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_period_is_invoiced_when_it_is_paid_and_a_failure_told_when_it_begins() {
    assert_eq!(told(Value::Null, terms("ACTIVE", 9_900)), Some("invoice"));
    assert_eq!(told(terms("PAST_DUE", 9_900), terms("ACTIVE", 9_900)), Some("invoice"));
    assert_eq!(told(Value::Null, terms("ACTIVE", 0)), None, "nothing to pay");
    assert_eq!(told(terms("ACTIVE", 9_900), terms("PAST_DUE", 9_900)), Some("payment failed"));
    assert_eq!(told(terms("PAST_DUE", 9_900), terms("PAST_DUE", 5_000)), None, "told before");
    for status in ["TRIALING", "CANCELLED", "UNPAID"] {
        assert_eq!(told(terms("ACTIVE", 9_900), terms(status, 9_900)), None, "{status}");
    }
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

#[test]
fn people_are_written_to_at_the_address_of_the_event() {
    let staff = json!({ "email": "ada@nextcrm.test", "firstName": "Ada", "audience": "admin" });
    let mut person = json!({ "email": "bo@garage.test", "firstName": "Bo", "audience": "tenant" });
    person["tenantName"] = json!("Garage");
    person["subdomain"] = json!("garage");
    let written = |kind: &str, payload: &Value| match of(kind, payload) {
        Some(Draft::Person(email, variables)) => (email.to_string(), variables.to_value().expect("an object")),
        other => panic!("{other:?}"),
    };
    let (to, variables) = written(ADMIN_WELCOME, &staff);
    assert_eq!((to.as_str(), &variables["firstName"]), ("ada@nextcrm.test", &json!("Ada")));
    let (to, variables) = written(INVITATION_ISSUED, &person);
    assert_eq!((to.as_str(), &variables["validDays"]), ("bo@garage.test", &json!(7)));
    let (_, variables) = written(PASSWORD_RESET_LINK, &staff);
    assert_eq!((&variables["validMinutes"], &variables["subdomain"]), (&json!(60), &Value::Null));
    let (_, variables) = written(PASSWORD_RESET_LINK, &person);
    assert_eq!(variables["subdomain"], "garage");
}

#[test]
fn what_is_no_mail_passes_and_what_is_broken_stops_its_cause() {
    assert!(of("tenancy.tenant_created", &json!({})).is_none());
    for (kind, payload) in [
        (ADMIN_WELCOME, json!({ "firstName": "Ada" })),
        (INVITATION_ISSUED, json!({ "email": "bo@garage.test", "firstName": "Bo" })),
        (events::TENANT_SUSPENDED, json!({})),
        (events::SUBSCRIPTION_UPDATED, json!({ "to": terms("GOLD", 1) })),
    ] {
        assert!(matches!(Draft::of(kind, &payload), Err(StoreError::Corrupt { .. })), "{kind}");
    }
}

#[test]
fn tickets_write_to_whom_the_event_names() {
    let mut payload = json!({
        "ticketNumber": "TKT-1", "subject": "Login", "priority": "HIGH",
        "recipient": { "email": "bo@garage.test", "firstName": null },
    });
    let template = |kind: &str, payload: &Value| match of(kind, payload) {
        Some(Draft::Person(email, variables)) => {
            assert_eq!(email.as_str(), "bo@garage.test");
            Some(variables.template().as_str())
        }
        None => None,
        other => panic!("{other:?}"),
    };
    assert_eq!(template(TICKET_CREATED, &payload), Some("TICKET_CONFIRMATION"));
    assert_eq!(template(MESSAGE_ADDED, &payload), Some("TICKET_REPLY"));
    assert_eq!(template(TICKET_ASSIGNED, &payload), Some("TICKET_ASSIGNED"));
    payload["recipient"] = Value::Null;
    assert_eq!(template(TICKET_CREATED, &payload), None);
    let note = json!({ "ticketNumber": "TKT-1", "messageId": Uuid::nil(), "internal": true });
    assert_eq!(template(MESSAGE_ADDED, &note), None, "a note is no mail");
}
