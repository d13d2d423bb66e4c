use rstest::rstest;

use super::*;
use crate::domain::{Span, Width};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn parse(input: UsageQueryInput) -> Result<UsageQuery, Vec<String>> {
    let parsed = UsageQuery::parse(input, at("2026-01-15T10:00:00Z"), RawRetention::default());
    parsed.map_err(|errors| errors.iter().map(|error| format!("{} {}", error.field, error.code)).collect())
}

fn input(from: &str, to: &str, granularity: &str, timezone: &str) -> UsageQueryInput {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    UsageQueryInput {
        metric_type: None,
        from: given(from),
        to: given(to),
        granularity: given(granularity),
        timezone: given(timezone),
    }
}

fn range(from: &str, to: &str, timezone: &str) -> (DateTime<Utc>, DateTime<Utc>) {
    match parse(input(from, to, "raw", timezone)).expect("right") {
        UsageQuery::Points(filter) => (filter.from, filter.to),
        UsageQuery::Sums { .. } => panic!("points were asked for"),
    }
}

fn slices(from: &str, to: &str, granularity: &str, timezone: &str) -> Vec<Slice> {
    match parse(input(from, to, granularity, timezone)).expect("right") {
        UsageQuery::Sums { slices, .. } => slices,
        UsageQuery::Points(_) => panic!("sums were asked for"),
    }
}

#[test]
fn points_of_the_last_30_days_unless_said_otherwise() {
    let ahead = at("2026-01-15T10:05:00.000001Z");
    assert_eq!(range("", "", ""), (at("2025-12-16T10:00:00Z"), ahead));
    assert_eq!(range("2026-01-01T00:00:00+11:00", "", ""), (at("2025-12-31T13:00:00Z"), ahead));
    assert_eq!(range("", "2026-01-01T00:00:00Z", ""), (at("2025-12-02T00:00:00Z"), at("2026-01-01T00:00:00Z")));
    // A day is one of the zone.
    let days = (at("2025-12-31T13:00:00Z"), at("2026-01-14T13:00:00Z"));
    assert_eq!(range("2026-01-01", "2026-01-15", "Australia/Sydney"), days);
    assert_eq!(range("2026-01-01", "2026-01-15", ""), (at("2026-01-01T00:00:00Z"), at("2026-01-15T00:00:00Z")));
}

#[test]
fn days_are_cut_at_the_ends_of_the_range() {
    let days = slices("2026-01-01T12:00:00Z", "2026-01-03T06:00:00Z", "day", "");
    let covers: Vec<_> = days.iter().map(|day| (day.period.start, day.cover.spans.clone())).collect();
    let first = Width::Quarter.quarter_of(at("2026-01-01T00:00:00Z"));
    let span = |width, from, to| vec![Span { width, from: first + from, to: first + to }];
    assert_eq!(
        covers,
        [
            (at("2026-01-01T00:00:00Z"), span(Width::SixHours, 48, 96)),
            (at("2026-01-02T00:00:00Z"), span(Width::Day, 96, 192)),
            (at("2026-01-03T00:00:00Z"), span(Width::SixHours, 192, 216)),
        ]
    );
}

#[test]
fn as_many_periods_as_can_be_shown() {
    assert_eq!(slices("2025-01-01", "2026-02-05", "day", "").len(), 400);
    assert_eq!(parse(input("2025-01-01", "2026-02-06", "day", "")), Err(vec!["to OUT_OF_RANGE".to_owned()]));
    assert_eq!(slices("2025-01-01", "2026-02-06", "week", "").len(), 58);
    assert_eq!(slices("2000-01-01", "2026-02-06", "month", "Australia/Darwin").len(), 314);
    assert_eq!(parse(input("1970-01-01", "9999-12-31", "month", "")), Err(vec!["to OUT_OF_RANGE".to_owned()]));
}

#[rstest]
#[case(input("2026-01-02", "2026-01-02", "day", ""), "to OUT_OF_RANGE")]
#[case(input("2026-01-02", "2026-01-01", "raw", ""), "to OUT_OF_RANGE")]
#[case(input("2027-01-02", "", "raw", ""), "to OUT_OF_RANGE")]
#[case(input("", "", "hour", ""), "granularity INVALID")]
#[case(input("", "", "", "Mars/Olympus"), "timezone INVALID")]
#[case(input("yesterday", "", "", ""), "from INVALID")]
#[case(input("", "99999-01-01", "", ""), "to INVALID")]
#[case(input("-5000-01-01", "", "", ""), "from INVALID")]
#[case(input("", "2026-01-01T00:00:60Z", "", ""), "to INVALID")]
#[case(UsageQueryInput { metric_type: Some("api".to_owned()), ..UsageQueryInput::default() }, "metricType INVALID")]
fn what_cannot_be_read_is_named(#[case] input: UsageQueryInput, #[case] error: &str) {
    assert_eq!(parse(input), Err(vec![error.to_owned()]));
}

#[test]
fn all_that_is_wrong_is_named() {
    let errors = parse(input("x", "y", "z", "a")).expect_err("wrong");
    assert_eq!(errors, ["granularity INVALID", "timezone INVALID", "to INVALID", "from INVALID"]);
}
