//! The list of workshops under its filters, on both databases.

mod fixture;

use std::collections::BTreeSet;

use chrono::TimeDelta;
use fixture::{Fixture, page, staff};
use kernel::{
    TenantId,
    input::Word as _,
    page::{Cursor, Direction, Start},
};
use tenancy::domain::{
    NewTenant, NewTenantInput, Plan, SuspensionReason, TenantFilter, TenantSort, TenantStatus, TenantSummary,
};
use test_support::on_each_database;

async fn named(fixture: &Fixture, name: &str, subdomain: &str) -> TenantId {
    let input = NewTenantInput {
        name: name.to_owned(),
        subdomain: subdomain.to_owned(),
        plan: "PROFESSIONAL".to_owned(),
        ..NewTenantInput::default()
    };
    let new = NewTenant::parse(input).expect("a right input");
    fixture.tenants.create(&staff(), new, kernel::Clock::now(&*fixture.clock)).await.expect("creates").summary.tenant.id
}

/// 40 workshops of all plans; every second is suspended, every fourth deleted; many made at the same time.
async fn fill(fixture: &Fixture) -> Vec<TenantSummary> {
    let (who, reason) = (staff(), SuspensionReason::parse("unpaid").expect("a reason"));
    let mut all = Vec::new();
    for number in 0..40_usize {
        let id = fixture.open(&format!("shop-{:02}", (number * 7) % 40), Plan::ALL[number % 3]).await.tenant.id;
        if number % 2 == 0 {
            fixture.tenants.suspend(&who, id, &reason).await.expect("suspends");
        }
        if number % 4 < 2 && number % 3 == 0 {
            fixture.tenants.delete(&who, id).await.expect("deletes");
        }
        all.push(fixture.tenants.get(id).await.expect("is there"));
        let steps = [TimeDelta::zero(), TimeDelta::zero(), TimeDelta::microseconds(1), TimeDelta::milliseconds(1)];
        fixture.clock.advance(steps[number % 4]);
    }
    all
}

fn matches(filter: &TenantFilter, summary: &TenantSummary) -> bool {
    let tenant = &summary.tenant;
    let text = filter.search.as_deref().map(str::to_lowercase);
    (filter.include_deleted || !tenant.is_deleted())
        && filter.status.is_none_or(|status| status == tenant.status)
        && filter.plan.is_none_or(|plan| plan == tenant.plan)
        && text.is_none_or(|text| tenant.name.folded().contains(&text) || tenant.subdomain.as_str().contains(&text))
}

#[tokio::test]
async fn every_filter_pages_through_exactly_its_rows_in_every_order() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let all = fill(&fixture).await;
        let mut filters_with_rows = 0;
        let statuses = [None, Some(TenantStatus::Active), Some(TenantStatus::Suspended), Some(TenantStatus::Cancelled)];
        for (status, plan, search, include_deleted) in statuses.into_iter().flat_map(|status| {
            let plans = [None, Some(Plan::Performance)];
            plans.into_iter().flat_map(move |plan| {
                [(status, plan, None, true), (status, plan, None, false), (status, plan, Some("P-1".to_owned()), true)]
            })
        }) {
            let filter = TenantFilter { status, plan, search, include_deleted };
            let expected: BTreeSet<_> =
                all.iter().filter(|it| matches(&filter, it)).map(|it| it.tenant.id.uuid()).collect();
            filters_with_rows += usize::from(expected.len() > 4);
            for (name, sort) in TenantSort::ALL {
                for direction in [Direction::Ascending, Direction::Descending] {
                    let (mut seen, mut start) = (Vec::new(), Start::Offset(0));
                    loop {
                        let found =
                            fixture.tenants.list(&filter, &page(4, *sort, direction, start)).await.expect("a page");
                        assert_eq!(found.total, expected.len() as u64, "{name} {filter:?}");
                        seen.extend(found.items.into_iter().map(|it| it.tenant.id.uuid()));
                        let Some((value, id)) = found.next else { break };
                        start = Start::After(Cursor::new("test".to_owned(), value, id, seen.len() as u64));
                    }
                    assert_eq!(seen.len(), expected.len(), "{name} {direction:?} {filter:?}");
                    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), expected, "{name} {direction:?} {filter:?}");
                }
            }
        }
        assert!(filters_with_rows >= 8, "{filters_with_rows} filters fill more than a page");
        fixture.check_totals().await;
    })
    .await;
}

#[tokio::test]
async fn a_search_takes_every_character_as_it_is() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        named(&fixture, "50% Off", "off").await;
        named(&fixture, "Under_Score", "under").await;
        named(&fixture, "Back\\Slash", "back").await;
        named(&fixture, "ÖRN'S Garage \"x\"", "oerns").await;
        for (text, expected) in [
            ("%", &["50% off"][..]),
            ("_", &["under_score"]),
            ("\\", &["back\\slash"]),
            ("k\\s", &["back\\slash"]),
            ("0%o", &[]),
            ("örn's", &["örn's garage \"x\""]),
            ("OERNS", &["örn's garage \"x\""]),
            ("\"X", &["örn's garage \"x\""]),
            ("'; DROP TABLE tenants; --", &[]),
        ] {
            let filter = TenantFilter { search: Some(text.to_owned()), ..TenantFilter::default() };
            let whole = page(9, TenantSort::Name, Direction::Ascending, Start::Offset(0));
            let found = fixture.tenants.list(&filter, &whole).await.expect("a page");
            let names: Vec<_> = found.items.iter().map(|it| it.tenant.name.folded()).collect();
            assert_eq!(names, expected, "{text}");
            assert_eq!(found.total, expected.len() as u64, "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_past_the_end_still_knows_the_total() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        for number in 0..3 {
            fixture.open(&format!("shop-{number}"), Plan::Enterprise).await;
        }
        let searched = TenantFilter { search: Some("shop-1".to_owned()), ..TenantFilter::default() };
        for (filter, total) in [(TenantFilter::default(), 3), (searched, 1)] {
            let late = page(5, TenantSort::Name, Direction::Descending, Start::Offset(40));
            let late = fixture.tenants.list(&filter, &late).await.expect("a page");
            assert_eq!((late.total, late.items.len(), late.next), (total, 0, None));
        }
    })
    .await;
}
