use rstest::rstest;
use serde_json::json;

use super::*;

const NOW: &str = "2026-01-15T10:00:00Z";

fn now() -> DateTime<Utc> {
    NOW.parse().expect("a time")
}

fn input() -> UsagePointInput {
    UsagePointInput { metric_type: Some("API_CALLS".to_owned()), value: Some(7.into()), ..UsagePointInput::default() }
}

fn one(point: UsagePointInput) -> Result<NewPoint, Vec<String>> {
    let parsed = UsageBatch::parse(UsageInput { point, metrics: None }, now());
    parsed.map(|mut batch| batch.0.remove(0)).map_err(|errors| named(&errors))
}

fn many(metrics: Vec<UsagePointInput>) -> Result<UsageBatch, Vec<String>> {
    let input = UsageInput { metrics: Some(metrics), ..UsageInput::default() };
    UsageBatch::parse(input, now()).map_err(|errors| named(&errors))
}

fn named(errors: &[FieldError]) -> Vec<String> {
    errors.iter().map(|error| format!("{} {}", error.field, error.code)).collect()
}

#[test]
fn a_point_is_of_now_unless_it_says_otherwise() {
    let point = one(input()).expect("right");
    assert_eq!((point.date, point.value.thousandths()), (now(), 7_000));
    assert_eq!((point.details, point.key), (None, None));
    let details = Some(json!({ "route": "/parts" }));
    let key = Some("k-1".to_owned());
    let date = Some("2026-01-15T21:00:00+11:00".to_owned());
    let full = one(UsagePointInput { date, details, idempotency_key: key, ..input() }).expect("right");
    assert_eq!(full.date, now());
    assert_eq!(full.key.expect("a key").as_str(), "k-1");
    assert_eq!(full.details.expect("details")["route"], "/parts");
}

#[rstest]
#[case("2025-12-11T10:00:00Z", true)]
#[case("2025-12-11T09:59:59.999999Z", false)]
#[case("2026-01-15T10:05:00Z", true)]
#[case("2026-01-15T10:05:00.000001Z", false)]
fn dates_have_bounds(#[case] date: &str, #[case] fits: bool) {
    let parsed = one(UsagePointInput { date: Some(date.to_owned()), ..input() });
    match fits {
        true => assert_eq!(parsed.expect("within").date, date.parse::<DateTime<Utc>>().expect("a time")),
        false => assert_eq!(parsed.expect_err("outside"), ["date OUT_OF_RANGE"]),
    }
}

#[test]
fn every_wrong_field_is_named() {
    assert_eq!(one(UsagePointInput::default()).expect_err("empty"), ["metricType REQUIRED", "value REQUIRED"]);
    let wrong = UsagePointInput {
        metric_type: Some("api".to_owned()),
        value: Some((-1).into()),
        date: Some("yesterday".to_owned()),
        details: Some(json!([])),
        idempotency_key: Some("a b".to_owned()),
    };
    let expected =
        ["metricType INVALID", "value OUT_OF_RANGE", "date INVALID", "details INVALID", "idempotencyKey INVALID"];
    assert_eq!(one(wrong.clone()).expect_err("wrong"), expected);
    let errors = many(vec![input(), input(), input(), UsagePointInput { value: None, ..input() }]);
    assert_eq!(errors.expect_err("wrong"), ["metrics[3].value REQUIRED"]);
    assert_eq!(many(vec![wrong; 900]).expect_err("wrong").len(), 100);
}

#[test]
fn a_batch_has_one_to_a_thousand_points() {
    assert_eq!(many(vec![]).expect_err("empty"), ["metrics REQUIRED"]);
    assert_eq!(many(vec![input(); 1_001]).expect_err("long"), ["metrics TOO_LONG"]);
    assert_eq!(many(vec![input(); 1_000]).expect("right").0.len(), 1_000);
    let both = UsageBatch::parse(UsageInput { point: input(), metrics: Some(vec![input()]) }, now());
    assert_eq!(named(&both.expect_err("both")), ["metrics INVALID"]);
}

#[test]
fn keys_are_visible_and_short() {
    let code = |text: &str| UsageKey::parse("k", text.to_owned()).expect_err("refused").code;
    assert_eq!([code(""), code("a b"), code("é"), code("a\0")], ["INVALID"; 4]);
    assert_eq!(code(&"k".repeat(256)), "TOO_LONG");
    assert!(UsageKey::parse("k", "k".repeat(255)).is_ok());
}
