use chrono::{DateTime, Utc};
use kernel::page::{Direction, Sort, Start};

use super::*;
use crate::{
    domain::UsageQueryInput,
    repository::MockUsageRepository,
    service::test_fixture::{TENANT, nobody, there, usage as service},
};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn first() -> PageRequest<UsageSort> {
    let sort = Sort { field: UsageSort::Date, direction: Direction::Ascending };
    PageRequest { limit: 10, start: Start::Offset(0), sort }
}

fn query(usage: &Usage, from: &str, to: &str, granularity: &str) -> UsageQuery {
    let input = UsageQueryInput {
        from: Some(from.to_owned()),
        to: Some(to.to_owned()),
        granularity: Some(granularity.to_owned()),
        ..UsageQueryInput::default()
    };
    usage.parse_query(input).expect("right")
}

#[tokio::test]
async fn points_that_are_not_kept_any_more_are_not_looked_for() {
    let mut store = MockUsageRepository::new();
    let fixture = at("2024-12-01T00:00:00Z");
    store
        .expect_list_points()
        .once()
        .withf(move |_, filter, _| filter.from == fixture)
        .returning(|_, _, _| Ok(Page { items: Vec::new(), total: 0, next: None }));
    let (usage, _) = service(store, there(false));
    let reaching = query(&usage, "2020-01-01", "2025-01-01", "raw");
    usage.read(TENANT, &reaching, &first()).await.expect("reads");
    // Of this the store is not asked at all.
    let before = query(&usage, "2020-01-01", "2024-12-01", "raw");
    let found = usage.read(TENANT, &before, &first()).await.expect("reads");
    assert_eq!(found, UsagePage::Points(Page { items: Vec::new(), total: 0, next: None }));
}

#[tokio::test]
async fn a_list_needs_a_workshop() {
    let mut store = MockUsageRepository::new();
    store.expect_list_sums().returning(|_, _, _, _| Ok(Page { items: Vec::new(), total: 0, next: None }));
    let (usage, _) = service(store, nobody());
    let days = query(&usage, "2026-01-01", "2026-01-05", "day");
    let refused = usage.read(TENANT, &days, &first()).await;
    assert!(matches!(refused, Err(MeteringError::TenantNotFound)), "{refused:?}");
}

#[tokio::test]
async fn the_last_30_days_reach_to_what_may_be_recorded_by_now() {
    let mut store = MockUsageRepository::new();
    let expected = Cover::new(at("2025-12-16T10:00:00Z"), at("2026-01-15T10:15:00Z"), DateTime::UNIX_EPOCH);
    store
        .expect_sum()
        .once()
        .withf(move |tenant, cover| *tenant == TENANT && *cover == expected)
        .returning(|_, _| Ok(vec![]));
    let (usage, _) = service(store, there(false));
    assert_eq!(usage.last_30_days(TENANT).await.expect("reads"), []);
}
